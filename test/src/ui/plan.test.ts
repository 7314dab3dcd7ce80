import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { ParamInfo } from "../../../src/client/index.ts";
import { jsonSchemaOf, paramsOf } from "../../../src/params/schema.ts";
import { paramInfoOf } from "../../../src/protocol/info.ts";
import { nudged, shown, valueAt } from "../../../src/ui/controls/scale.ts";
import { planOf } from "../../../src/ui/plan.ts";

function tree(shape: z.ZodRawShape): ParamInfo[] {
	return paramsOf(jsonSchemaOf(z.object(shape))).map((param) =>
		paramInfoOf({ address: `/main${param.address}`, param }),
	);
}

const one = (schema: z.ZodType) => tree({ it: schema })[0] as ParamInfo;
const range = z.number().min(0).max(1).default(0);

describe("the plan of a panel", () => {
	const drawn = (shape: z.ZodRawShape) =>
		planOf(tree(shape), "/main").flatMap(({ rows }) => rows.flatMap(({ pieces }) => pieces.map(({ draw }) => draw)));

	test.each<[string, z.ZodRawShape, string[]]>([
		["a number with ends is a fader", { a: range }, ["fader"]],
		["a number that wants to be a knob is one", { a: range.meta({ widget: "knob" }) }, ["knob"]],
		["a number without ends is typed", { a: z.number().default(0) }, ["stepper"]],
		["a seed is typed: no finger finds it again", { a: z.int().min(0).max(4294967295).default(0) }, ["stepper"]],
		["what opens the pipeline anew is not dragged", { a: range.meta({ apply: "reload" }) }, ["stepper"]],
		["yes or no is a toggle", { a: z.boolean().default(false) }, ["toggle"]],
		["a trigger is a button", { a: z.boolean().default(false).meta({ trigger: true }) }, ["trigger"]],
		["words are chosen", { a: z.enum(["x", "y"]).default("x") }, ["choice"]],
		["text is typed", { a: z.string().default("") }, ["text"]],
		["two of a kind are one field", { x: range.meta({ widget: "xy" }), y: range.meta({ widget: "xy" }) }, ["pad"]],
		["a pair is one field", { a: z.array(z.number()).max(2).default([0, 0]).meta({ widget: "xy" }) }, ["pad-list"]],
		["a list of numbers is a list", { a: z.array(z.number()).max(4).default([0]) }, ["numbers"]],
	])("%s", (_, shape, pieces) => {
		expect(drawn(shape)).toEqual(pieces);
	});

	test("prompts stand together, each with its weight", () => {
		const prompt = z.object({ text: z.string().default(""), weight: range });
		const [group] = planOf(tree({ prompt: z.array(prompt).max(3).meta({ widget: "prompts" }) }), "/main");
		const [piece] = group?.rows[0]?.pieces ?? [];
		expect(piece).toMatchObject({ draw: "prompts", slots: { length: 3 } });
	});

	test("groups are those of the schema, else of the address", () => {
		const infos = [...tree({ a: range.meta({ group: "Look" }), vace: z.object({ scale: range }), b: range })];
		expect(planOf(infos, "/main").map(({ title }) => title)).toEqual(["Look", "vace", ""]);
	});

	describe("of parameters that depend on others", () => {
		const of = (name: string) => ({ when: { "/system": [name] } });
		const infos = tree({
			system: z.enum(["life", "lenia"]).default("life"),
			life: z.object({ species: z.enum(["a", "b"]).default("a") }).meta(of("life")),
			lenia: z.object({ mu: range, dt: range }).meta(of("lenia")),
			vace: z.object({ on: z.boolean().default(false), scale: range.meta({ when: { "/vace/on": [true] } }) }),
		});
		const plan = (values: Record<string, string | boolean>) => {
			const groups = planOf(infos, "/main", [], (address) => values[address]);
			return groups.map(({ title, rows, faders }) => {
				return [title, rows.flatMap(({ pieces }) => pieces.map(({ info }) => info.label)), faders];
			});
		};

		test("those that have no effect are left out, and groups of which nothing is left", () => {
			expect(plan({ "/main/system": "life", "/main/vace/on": true })).toEqual([
				["", ["system"], 0],
				["life", ["species"], 2],
				["vace", ["scale", "on"], 1],
			]);
		});

		test("those that stand in for one another keep the room of the largest", () => {
			expect(plan({ "/main/system": "lenia", "/main/vace/on": false })).toEqual([
				["", ["system"], 0],
				["lenia", ["mu", "dt"], 2],
				["vace", ["on"], 1],
			]);
		});
	});

	test("parts with panels of their own are left out", () => {
		const infos = tree({ source: z.object({ fit: range }), glow: range });
		expect(planOf(infos, "/main", ["/source"])).toHaveLength(1);
	});
});

describe("a number on a screen", () => {
	test("falls on its steps, without dust", () => {
		const info = one(z.number().min(0).max(1).default(0).meta({ step: 0.1 }));
		expect(valueAt(info, 0.31)).toBe(0.3);
		expect(valueAt(info, 0.34, true)).toBe(0.34);
	});

	test("is moved by a hundredth of the way, at least by a step", () => {
		expect(nudged(one(z.int().min(0).max(10).default(0)), 3, 1)).toBe(4);
		expect(nudged(one(z.number().min(0).max(1000).default(0).meta({ step: 0.1 })), 500, 1)).toBe(510);
		expect(nudged(one(z.number().min(0).max(1000).default(0).meta({ step: 0.1 })), 500, 1, true)).toBe(500.1);
		expect(nudged(one(z.int().min(0).max(10).default(0)), 10, 10)).toBe(10);
		expect(nudged(one(z.number().default(0)), 1, -1)).toBe(0.99);
	});

	test("has as many digits as its step, always", () => {
		expect(shown(one(z.number().min(0).max(1).default(0).meta({ step: 0.01 })), 0.5)).toBe("0.50");
		expect(shown(one(z.int().min(0).max(9).default(0)), 5)).toBe("5");
	});

	test("travels by octaves where the schema says so", () => {
		const info = one(z.number().min(0.1).max(10).default(1).meta({ curve: "log", step: 0.01 }));
		expect(valueAt(info, 0.5)).toBe(1);
		expect(valueAt(info, 0)).toBe(0.1);
		expect(valueAt(info, 1)).toBe(10);
	});
});
