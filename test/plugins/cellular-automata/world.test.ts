import fc from "fast-check";
import { expect, test } from "vitest";
import { params } from "../../../plugins/cellular-automata/params.ts";
import { LENIA, REACTIONS } from "../../../plugins/cellular-automata/rules/species.ts";
import { World } from "../../../plugins/cellular-automata/world.ts";
import { defaultsOf, jsonSchemaOf, paramsOf } from "../../../src/params/schema.ts";
import { fromNorm, isNumeric, toNorm } from "../../../src/params/value.ts";
import { quietLog, valuesOf } from "./play.ts";

const calm = new AbortController().signal;
const knobs = paramsOf(jsonSchemaOf(params));

test("smooth worlds stay between 0 and 1 whatever is turned", () => {
	const share = fc.double({ min: 0, max: 1, noNaN: true });
	const lenia = fc.record({
		species: fc.constantFrom(...(Object.keys(LENIA) as (keyof typeof LENIA)[])),
		radius: share.map((x) => 0.4 + 0.8 * x),
		mu: share.map((x) => 0.1 * x - 0.05),
		sigma: share.map((x) => 0.04 * x - 0.01),
		dt: share.map((x) => 0.2 + 1.8 * x),
	});
	const reaction = fc.record({
		species: fc.constantFrom(...(Object.keys(REACTIONS) as (keyof typeof REACTIONS)[])),
		feed: share.map((x) => 0.04 * x - 0.02),
		kill: share.map((x) => 0.02 * x - 0.01),
		spread: share.map((x) => 0.2 + 0.8 * x),
		drift: share,
	});
	const system = fc.constantFrom("lenia" as const, "reaction" as const);
	fc.assert(
		fc.property(system, lenia, reaction, fc.boolean(), (system, lenia, reaction, walls) => {
			const values = valuesOf({ system, lenia, reaction, speed: 100, edges: walls ? "walls" : "wrap" });
			const world = new World({ width: 160, height: 96 }, values, quietLog());
			for (let i = 0; i < 30; i++) {
				world.turn(values);
				world.pass(values, 1 / 10, calm);
			}
			const { automaton } = world;
			if (automaton.look !== "levels") throw new TypeError(automaton.look);
			expect(automaton.levels.every((level) => level >= 0 && level <= 1)).toBe(true);
		}),
		{ numRuns: 25 },
	);
});

test("every knob works by one number, and says what it is", () => {
	for (const param of knobs) {
		if (param.type !== "string") expect(toNorm(param, param.default) ?? param.type).not.toBeUndefined();
		expect(
			param.type === "string" || param.type === "trigger" || fromNorm(param, 0.5, param.address) !== undefined,
		).toBe(true);
		expect(param.label).not.toBe("");
		expect(param.description).toBeTruthy();
		expect(param.group).toBeTruthy();
		if (isNumeric(param)) {
			expect(param.min).toBeDefined();
			expect(param.max).toBeDefined();
		}
	}
	expect(knobs.filter(({ apply }) => apply === "reload").map(({ address }) => address)).toEqual(["/width", "/height"]);
});

test("the defaults are the schema's", () => {
	expect(params.parse({})).toEqual({ ...defaultsOf(knobs) });
});

test("a rule of more states, fewer states and another system keep the show going", () => {
	const base = valuesOf({ width: 160, height: 96 });
	const world = new World({ width: 160, height: 96 }, base, quietLog());
	for (const rule of ["B3/S23", "/2/3", "345/2/255", "B2/S", "R3/T5/C200/NM", "R1/T1/C3/NN", "W90", ""]) {
		const values = { ...base, rule, speed: 60 };
		for (let i = 0; i < 5; i++) {
			world.turn(values);
			world.pass(values, 1 / 30, calm);
		}
		const { automaton } = world;
		if (automaton.look !== "levels") expect(automaton.cells.every((state) => state < automaton.states)).toBe(true);
	}
});
