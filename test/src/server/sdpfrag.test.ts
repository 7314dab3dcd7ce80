import fc from "fast-check";
import { expect, test } from "vitest";
import { readFragment } from "../../../src/server/sdpfrag.ts";

test("candidates before any m-line belong to no line", () => {
	const { candidates } = readFragment("a=candidate:1 1 udp 1 192.0.2.1 1 typ host\na=mid:v\n");
	expect(candidates).toEqual([
		{ candidate: "candidate:1 1 udp 1 192.0.2.1 1 typ host", sdpMid: undefined, sdpMLineIndex: undefined },
	]);
});

test("a fragment and password at session level count", () => {
	expect(readFragment("a=ice-ufrag:u\r\na=ice-pwd:p \r\n")).toEqual({ ufrag: "u", pwd: "p", candidates: [] });
});

test("whatever is sent, there are at most 64 candidates and no exception", () => {
	const row = fc.oneof(
		fc.string(),
		fc.constantFrom("a=candidate:", "a=mid:", "m=", "a=end-of-candidates", "\r", "a=ice-pwd:"),
	);
	fc.assert(
		fc.property(fc.array(row, { maxLength: 500 }), (rows) => {
			expect(readFragment(rows.join("\n")).candidates.length).toBeLessThanOrEqual(64);
		}),
	);
});
