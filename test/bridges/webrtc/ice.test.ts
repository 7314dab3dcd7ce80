import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { webrtcConfig } from "../../../bridges/webrtc/config.ts";
import { IceServers } from "../../../bridges/webrtc/ice.ts";
import { quiet } from "./media.ts";

function open(config: Record<string, unknown>, answers: (() => Response)[] = []) {
	let now = 1_800_000_000;
	const asked: { url: string; headers: unknown }[] = [];
	const ice = new IceServers(webrtcConfig.parse(config), {
		now: () => now,
		log: quiet,
		async fetch(url, { headers }) {
			asked.push({ url, headers });
			const answer = answers.shift();
			if (!answer) throw new Error("nobody answers");
			return answer();
		},
	});
	return { ice, asked, pass: (seconds: number) => (now += seconds) };
}

const turn = (credential: string) => ({ urls: "turn:turn.example", username: "u", credential });

describe("ICE servers", () => {
	test("are none unless configured", async () => {
		expect(await open({}).ice.current()).toEqual([]);
	});

	test("with a shared secret get credentials as coturn checks them, new ones each time", async () => {
		const { ice, pass } = open({ iceServers: [{ urls: "turn:turn.example", secret: "north" }], turnLifetime: 600 });
		const credential = createHmac("sha1", "north").update("1800000600:mutoscope").digest("base64");
		expect(await ice.current()).toEqual([{ urls: "turn:turn.example", username: "1800000600:mutoscope", credential }]);
		pass(100);
		expect((await ice.current())[0]?.username).toBe("1800000700:mutoscope");
	});

	test("from an address are fetched once, and again before they expire", async () => {
		const { ice, asked, pass } = open({ iceServersUrl: "https://ice.example/", iceServersToken: "t" }, [
			() => Response.json({ iceServers: [turn("one")], ttl: 100 }),
			() => Response.json({ iceServers: turn("two"), ttl: 100 }),
		]);
		expect(await ice.current()).toEqual([turn("one")]);
		pass(49);
		expect(await ice.current()).toEqual([turn("one")]);
		expect(asked).toHaveLength(1);
		expect(asked[0]?.headers).toMatchObject({ authorization: "Bearer t" });
		pass(2);
		expect(await ice.current()).toEqual([turn("one")]); // they hold still, and nobody waits for the new ones
		await expect.poll(() => ice.current()).toEqual([turn("two")]);
	});

	test("that cannot be fetched again are given out until they expire, and no longer", async () => {
		const { ice, pass } = open({ iceServersUrl: "https://ice.example/", iceServers: [{ urls: "stun:stun.example" }] }, [
			() => Response.json({ uris: ["turn:turn.example"], username: "u", password: "one", ttl: 100 }),
			() => new Response("", { status: 500 }),
		]);
		expect(await ice.current()).toHaveLength(2);
		pass(60);
		expect(await ice.current()).toEqual([
			{ urls: "stun:stun.example" },
			{ ...turn("one"), urls: ["turn:turn.example"] },
		]);
		pass(60);
		expect(await ice.current()).toEqual([{ urls: "stun:stun.example" }]);
	});
});
