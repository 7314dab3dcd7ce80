import { type Dim, type DType, type Engine, Graph, type Tensor, type Value } from "mutoscope/inference";
import { expect } from "vitest";
import { termsOf } from "../../../../src/inference/graph/dims.ts";
import type { Nd } from "./nd.ts";

/** An array with the type that it is fed as (fp32 unless said otherwise), and the names that its lengths have in the graph. */
export interface Fed extends Nd {
	readonly dtype?: DType;
	readonly named?: readonly Dim[];
}

/** What a length is, for these values of its names. */
export function lengthOf(dim: Dim, names: ReadonlyMap<string, number>): number {
	return termsOf(dim).reduce((total, [count, factors]) => {
		const values = factors.map((factor) =>
			typeof factor === "string"
				? (names.get(factor) ?? Number.NaN)
				: Math.floor(lengthOf(factor.floor, names) / factor.by),
		);
		return total + count * values.reduce((a, b) => a * b, 1);
	}, 0);
}

/**
 * Builds a graph over these inputs, runs it, and gives its results as plain numbers; sees to it that each has the shape
 * and the type that the graph foretold.
 */
export async function computed(
	engine: Engine,
	inputs: readonly Fed[],
	build: (g: Graph, ...values: Value[]) => Value | readonly Value[],
): Promise<Nd[]> {
	const graph = new Graph("tried");
	const values = inputs.map(({ shape, dtype = "float32", named = shape }, i) => graph.input(`in${i}`, dtype, named));
	const built = [build(graph, ...values)].flat() as Value[];
	for (const [i, value] of built.entries()) graph.output(`out${i}`, value);
	await using model = await engine.model(graph, { threads: 1 });
	const feeds = Object.fromEntries(
		inputs.map(({ shape, data, dtype = "float32" }, i) => [`in${i}`, engine.tensor(dtype, shape, data)] as const),
	);
	const names = new Map(
		inputs.flatMap(({ shape, named = [] }) =>
			named.flatMap((dim, i) => (typeof dim === "string" ? [[dim, shape[i] as number]] : [])),
		) as [string, number][],
	);
	const results = await model.run(feeds);
	const arrays = built.map(({ shape, dtype }, i) => {
		const tensor = results[`out${i}`] as Tensor;
		expect(tensor.dims).toEqual(shape.map((dim) => lengthOf(dim, names)));
		expect(tensor.dtype).toBe(dtype);
		return { shape: [...tensor.dims], data: Array.from(tensor.data as ArrayLike<number | bigint>, Number) };
	});
	for (const tensor of [...Object.values(results), ...Object.values(feeds)]) tensor.dispose();
	return arrays;
}

/** Equal shapes, and elements that differ by no more than `tolerance`; equal ones may be infinite. */
export function expectClose(found: Nd, wanted: Nd, tolerance: number): void {
	expect(found.shape).toEqual(wanted.shape);
	const worst = wanted.data.reduce((most, value, i) => {
		const other = found.data[i] as number;
		return Object.is(value, other) || value === other ? most : Math.max(most, Math.abs(value - other));
	}, 0);
	expect(worst).toBeLessThanOrEqual(tolerance);
}
