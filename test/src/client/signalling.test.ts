import { describe, expect, test } from "vitest";
import { iceServersOf } from "../../../src/client/signalling.ts";

describe("ICE servers that an answer names", () => {
	test.each([
		["", []],
		['<stun:stun.example>; rel="ice-server"', [{ urls: "stun:stun.example" }]],
		[
			'<turn:turn.example?transport=udp>; rel="ice-server"; username="a\\"b"; credential="c"; credential-type="password", <stun:s>; rel="ice-server"',
			[{ urls: "turn:turn.example?transport=udp", username: 'a"b', credential: "c" }, { urls: "stun:s" }],
		],
		['<https://elsewhere>; rel="next"', []],
	])("%s", (link, servers) => {
		expect(iceServersOf(link)).toEqual(servers);
	});
});
