import fc from "fast-check";
import { type Dim, Engine, type Graph, type Value } from "mutoscope/inference";
import { afterAll, beforeAll, test } from "vitest";
import { computed, type Fed } from "./computed.ts";
import { noise } from "./nd.ts";

let engine: Engine;
beforeAll(async () => {
	engine = await Engine.open({ provider: "cpu" });
});
afterAll(() => engine[Symbol.asyncDispose]());

const small = (min: number, max: number) => fc.integer({ min, max });

/** Runs it with every length that may be a name given one; `computed` compares what was foretold with what came out. */
async function foretold(
	fed: readonly Fed[],
	build: (g: Graph, ...values: Value[]) => Value | readonly Value[],
): Promise<void> {
	await computed(engine, fed, build);
}

function law(name: string, arbitrary: fc.Arbitrary<() => Promise<void>>): void {
	test(`${name}: the lengths foretold are those of a run, by numbers and by names`, async () => {
		await fc.assert(
			fc.asyncProperty(arbitrary, (run) => run()),
			{ numRuns: 40 },
		);
	});
}

const windows = fc.record({
	height: small(6, 14),
	width: small(6, 14),
	kernel: fc.tuple(small(1, 3), small(1, 3)),
	strides: fc.tuple(small(1, 3), small(1, 3)),
	dilations: fc.tuple(small(1, 2), small(1, 2)),
	pads: fc.tuple(small(0, 1), small(0, 1), small(0, 1), small(0, 1)),
	named: fc.boolean(),
});
const picture = (height: number, width: number, named: boolean): Fed => ({
	...noise([1, 2, height, width]),
	named: named ? ["n", 2, "height", "width"] : [1, 2, height, width],
});

law(
	"conv and convTranspose",
	windows.map(
		({ height, width, kernel, strides, dilations, pads, named }) =>
			() =>
				foretold([picture(height, width, named), noise([2, 2, ...kernel], 2)], (g, x, w) => [
					g.conv(x, w, undefined, { strides, dilations, pads }),
					g.conv(g.conv(x, w, undefined, { strides, pads }), g.constant("float32", [1, 2, 1, 1], [1, 2]), undefined, {
						strides: 2,
					}),
					g.convTranspose(x, w, undefined, { strides, dilations, outputPadding: strides.map((one) => one - 1) }),
				]),
	),
);

law(
	"pools and pads",
	windows.map(
		({ height, width, kernel, strides, pads, named }) =>
			() =>
				foretold([picture(height, width, named)], (g, x) => [
					g.avgPool(x, { kernel, strides }),
					g.maxPool(x, { kernel }),
					g.pad(x, pads, { mode: "edge" }),
				]),
	),
);

law(
	"resize",
	fc
		.tuple(small(2, 9), small(2, 9), fc.constantFrom(0.5, 1, 2, 3), fc.boolean())
		.map(([height, width, scale, named]) => () => {
			const even: Fed = {
				...noise([1, 2, 2 * height, 2 * width]),
				named: named ? ["n", 2, "2*height", "2*width"] : [1, 2, 2 * height, 2 * width],
			};
			return foretold(
				[even, { ...noise([height, width]), named: named ? ["height", "width"] : [height, width] }],
				(g, x, size) => [
					g.resize(x, { scales: [scale, 1], mode: "nearest", coordinates: "asymmetric" }),
					g.resize(x, {
						sizes: named ? ["height+1", "width*height"] : [height + 1, width * height],
						mode: "linear",
						coordinates: "half_pixel",
					}),
					size,
				],
			);
		}),
);

law(
	"slice",
	fc.tuple(small(4, 12), small(0, 2), small(1, 2), small(1, 3), fc.boolean()).map(
		([length, from, cut, step, named]) =>
			() =>
				foretold([{ ...noise([length, 3]), named: named ? ["tokens", 3] : [length, 3] }], (g, x) => [
					g.slice(x, 0, from, Number.POSITIVE_INFINITY, step),
					g.slice(x, 0, from, -cut, step),
					g.slice(x, 0, -cut, Number.POSITIVE_INFINITY),
					g.slice(x, 0, 0, from + 1, step),
				]),
	),
);

law(
	"products and sums that stretch",
	fc
		.tuple(small(1, 3), small(1, 4), small(1, 4), fc.subarray([0, 1, 2]), fc.boolean())
		.map(([n, rows, columns, flat, named]) => () => {
			const shape = [n, rows, columns];
			const names: readonly Dim[] = named ? ["n", "rows", "columns"] : shape;
			const one = <T extends Dim>(list: readonly T[]) => list.map((length, axis) => (flat.includes(axis) ? 1 : length));
			return foretold(
				[
					{ ...noise(shape), named: names },
					{ ...noise(one(shape), 2), named: one(names) },
					{ ...noise([columns, 5], 3), named: [names[2] ?? columns, 5] },
				],
				(g, a, b, w) => [g.add(a, b), g.where(g.greater(b, 0), a, b), g.matmul(a, w), g.gather(a, g.argMax(a, 0), 0)],
			);
		}),
);
