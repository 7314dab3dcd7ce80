import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { clientMessage, serverMessage } from "../../../src/protocol/messages.ts";
import { CLOSE } from "../../../src/protocol/wire.ts";

const page = readFileSync(new URL("../../../docs/reference/websocket.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/^([SC]) (\{.*\})$/gm)].map(([, who = "", json = ""]) => [who, json] as const);

describe("the page about the protocol", () => {
	test.each(examples)("shows messages as they are: %s %s", (who, json) => {
		const whole = json.replace('"tree":[…]', '"tree":[]').replace('"values":{…}', '"values":{}');
		const { success, error } = (who === "S" ? serverMessage : clientMessage).safeParse(JSON.parse(whole));
		expect([success, error?.issues ?? []]).toEqual([true, []]);
	});

	test("has an example, and every close code", () => {
		expect(examples.length).toBeGreaterThan(4);
		const codes = [...page.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
		expect(codes).toEqual(Object.values(CLOSE).sort((a, b) => a - b));
	});
});
