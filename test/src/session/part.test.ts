import { expect, test } from "vitest";
import * as z from "zod";
import { Part } from "../../../src/session/part.ts";

const schema = z.object({
	speed: z.number().min(0).max(10).default(1),
	mode: z.enum(["calm", "wild"]).default("calm"),
	size: z.int().min(1).max(64).default(8).meta({ apply: "reload" }),
	prompts: z
		.array(z.object({ text: z.string().default(""), weight: z.number().min(0).max(1).default(1) }))
		.max(2)
		.default([{ text: "a tree", weight: 1 }]),
	flash: z.boolean().default(false).meta({ trigger: true }),
});
const snapshot = (values: Record<string, unknown>, fired: Record<string, number> = {}) => ({
	revision: 1,
	values,
	fired,
});

test("a snapshot is read as complete values, in range", () => {
	const values = new Part(schema).read(snapshot({ speed: 99, prompts: [undefined, { weight: 0.5 }] }));
	expect(values).toMatchObject({ speed: 10, mode: "calm", size: 8, flash: false });
	expect(values.prompts).toEqual([
		{ text: "a tree", weight: 1 },
		{ text: "", weight: 0.5 },
	]);
});

test("what another schema has put there is left at its default", () => {
	const values = new Part(schema).read(snapshot({ speed: "fast", mode: "upside down", prompts: "none", other: 5 }));
	expect(values).toMatchObject({ speed: 1, mode: "calm", prompts: [{ text: "a tree" }, {}] });
	expect(values).not.toHaveProperty("other");
});

test("the same snapshot gives the same object", () => {
	const part = new Part(schema);
	const one = snapshot({ speed: 2 });
	expect(part.read(one)).toBe(part.read(one));
	expect(part.read(snapshot({ speed: 2 }))).not.toBe(part.read(one));
});

test("a trigger that was fired is taken once, however often it was fired in between", () => {
	const part = new Part(schema);
	expect(part.take(snapshot({}, { "/flash": 5 }))).toEqual([]);
	expect(part.take(snapshot({}, { "/flash": 8 }))).toEqual(["/flash"]);
	expect(part.take(snapshot({}, { "/flash": 8 }))).toEqual([]);
	expect(part.take(snapshot({}, {}))).toEqual([]);
	expect(part.take(snapshot({}, { "/flash": 1 }))).toEqual(["/flash"]);
	expect(part.withFired({ speed: 1 }, ["/flash"])).toEqual({ speed: 1, flash: true });
});

test("what was moved is brought back into the range, and nonsense and reloads stay as the hand has set them", () => {
	const part = new Part(schema);
	const rest = part.read(snapshot({ speed: 5 }));
	expect(part.clamp(rest, rest)).toBe(rest);
	expect(part.clamp({ ...rest, speed: -3 }, rest)).toMatchObject({ speed: 0 });
	expect(part.clamp({ ...rest, speed: Number.NaN, mode: "inside out", size: 64 }, rest)).toEqual(rest);
	expect(part.clamp({}, rest)).toEqual(rest);
});
