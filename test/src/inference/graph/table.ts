import { Engine, type Graph, type Value } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { computed, expectClose, type Fed } from "./computed.ts";
import type { Nd } from "./nd.ts";

/** An operator, what goes in, and what a plain loop says must come out. */
export interface Case {
	readonly name: string;
	readonly inputs: readonly Fed[];
	readonly build: (g: Graph, ...values: Value[]) => Value | readonly Value[];
	readonly expected: (...inputs: Nd[]) => Nd | readonly Nd[];
	/** Largest difference of an element; 2·10⁻⁶ unless given. */
	readonly tolerance?: number;
}

/** A test for each: the graph is run by ONNX Runtime on the CPU, and compared in type, shape and elements. */
export function tryEach(cases: readonly Case[]): void {
	let engine: Engine;
	beforeAll(async () => {
		engine = await Engine.open({ provider: "cpu" });
	});
	afterAll(() => engine[Symbol.asyncDispose]());

	test.each(cases)("$name", async ({ inputs, build, expected, tolerance = 2e-6 }) => {
		const results = await computed(engine, inputs, build);
		const wanted = [expected(...inputs)].flat() as Nd[];
		expect(results).toHaveLength(wanted.length);
		for (const [i, one] of wanted.entries()) expectClose(results[i] as Nd, one, tolerance);
	});
}
