import { expect, test } from "vitest";
import { spelt } from "../../../src/params/spelt.ts";

const of = (type: NonNullable<Parameters<typeof spelt>[0]>["type"]) => ({ address: "/x", type });

test.each([
	[of("number"), "0.5", 0.5],
	[of("number"), " -3e2 ", -300],
	[of("number"), "much", "much"],
	[of("number"), "", ""],
	[of("integer"), "0x10", 16],
	[of("boolean"), "true", true],
	[of("boolean"), "Off", false],
	[of("boolean"), "1", 1],
	[of("trigger"), "yes", true],
	[of("numbers"), "1000, 750;500 250", [1000, 750, 500, 250]],
	[of("numbers"), "7", 7],
	[of("string"), "0.5", "0.5"],
	[of("string"), "true", "true"],
	[of("enum"), "1", "1"],
	[undefined, "2 5", [2, 5]],
	[undefined, "2 5 smooth", "2 5 smooth"],
])("%o reads %j as %j", (param, text, value) => {
	expect(spelt(param, text)).toEqual(value);
});
