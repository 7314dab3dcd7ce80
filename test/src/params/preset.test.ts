import { describe, expect, test } from "vitest";
import * as z from "zod";
import { capture, morph, recall } from "../../../src/params/preset.ts";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";

const schema = z.object({
	scale: z.number().min(0).max(2).default(1),
	steps: z.array(z.int()).default([1000, 500]),
	palette: z.enum(["ink", "fire", "ice"]).default("ink"),
	prompt: z.string().default("a lake"),
	reset: z.boolean().default(false).meta({ trigger: true }),
	fps: z.number().default(30).meta({ readOnly: true }),
});

function stage(): ParamStore {
	const store = new ParamStore();
	store.mount("/main", jsonSchemaOf(schema));
	return store;
}

describe("capture", () => {
	test("holds what can be set, by full address", () => {
		expect(capture(stage(), "dusk").values).toEqual({
			"/main/scale": 1,
			"/main/steps": [1000, 500],
			"/main/palette": "ink",
			"/main/prompt": "a lake",
		});
	});

	test("holds only what was asked for", () => {
		expect(capture(stage(), "dusk", (address) => address.endsWith("scale")).values).toEqual({ "/main/scale": 1 });
	});
});

describe("recall", () => {
	test("puts everything back in one revision", () => {
		const store = stage();
		const dusk = capture(store, "dusk");
		store.set(
			[
				["/scale", 2],
				["/palette", "ice"],
			],
			"hand",
		);
		const revisions: number[] = [];
		store.watch(({ revision }) => revisions.push(revision));
		const { ignored } = recall(store, dusk, { origin: "preset" });
		expect([store.get("/scale"), store.get("/palette")]).toEqual([1, "ink"]);
		expect([revisions.length, ignored]).toEqual([1, {}]);
	});

	test("leaves out what is not there any more, and says so", () => {
		const store = stage();
		const preset = { name: "old", values: { "/main/scale": 0.5, "/main/gone": 1, "/main/palette": "mud" } };
		const { ignored } = recall(store, preset, { origin: "preset" });
		expect(store.get("/scale")).toBe(0.5);
		expect(Object.values(ignored).map(({ code }) => code)).toEqual(["param/unknown", "param/invalid"]);
	});

	test("lets numbers travel and everything else jump", () => {
		const store = stage();
		const preset = { name: "slow", values: { "/main/scale": 2, "/main/palette": "fire" } };
		recall(store, preset, { origin: "preset", seconds: 2, now: 10 });
		expect([store.get("/scale"), store.get("/palette")]).toEqual([1, "fire"]);
		store.tick(11);
		expect(store.get("/scale")).toBe(1.5);
		store.tick(12);
		expect([store.get("/scale"), store.moving]).toEqual([2, false]);
	});
});

describe("morph", () => {
	const a = { name: "a", values: { "/x": 0, "/list": [0, 10], "/word": "ink", "/only-a": 1 } };
	const b = { name: "b", values: { "/x": 4, "/list": [10, 20], "/word": "ice", "/only-b": true } };

	test.each([
		[0, { "/x": 0, "/list": [0, 10], "/word": "ink", "/only-a": 1, "/only-b": true }],
		[0.25, { "/x": 1, "/list": [2.5, 12.5], "/word": "ink", "/only-a": 1, "/only-b": true }],
		[0.5, { "/x": 2, "/list": [5, 15], "/word": "ice", "/only-a": 1, "/only-b": true }],
		[1, { "/x": 4, "/list": [10, 20], "/word": "ice", "/only-a": 1, "/only-b": true }],
	])("at %d", (share, values) => {
		expect(morph(a, b, share).values).toEqual(values);
	});

	test("lists of different length switch at half", () => {
		const from = { name: "from", values: { "/list": [1] } };
		const to = { name: "to", values: { "/list": [1, 2] } };
		expect([morph(from, to, 0.4).values["/list"], morph(from, to, 0.6).values["/list"]]).toEqual([[1], [1, 2]]);
	});
});
