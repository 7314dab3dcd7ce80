import { expect, test } from "vitest";
import { rangeOf } from "../../../src/server/range.ts";

test.each([
	[undefined, undefined],
	["bytes=0-", { start: 0, end: 9 }],
	["bytes=0-0", { start: 0, end: 0 }],
	["bytes=3-5", { start: 3, end: 5 }],
	["bytes=9-99", { start: 9, end: 9 }],
	["bytes=-3", { start: 7, end: 9 }],
	["bytes=-99", { start: 0, end: 9 }],
	["bytes=10-", "unsatisfiable"],
	["bytes=-0", "unsatisfiable"],
	["bytes=5-3", undefined],
	["bytes=0-1,3-4", undefined],
	["bytes=-", undefined],
	["bytes=a-b", undefined],
	["bytes= 0-1", undefined],
	["items=0-1", undefined],
	["bytes=99999999999999999999-", undefined],
	["", undefined],
])("%j of 10 bytes", (header, range) => {
	expect(rangeOf(header, 10)).toEqual(range);
});

test("nothing of an empty file can be had", () => {
	expect(rangeOf("bytes=0-", 0)).toBe("unsatisfiable");
});
