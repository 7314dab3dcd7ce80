import type { Fed } from "./computed.ts";
import { at, counted, make, type Nd, noise, reshaped } from "./nd.ts";
import { type Case, tryEach } from "./table.ts";

const x = { ...noise([2, 3, 4]), named: ["n", 3, 4] };
const loose = { ...noise([2, 3, 4]), named: ["n", "tokens", 4] };
const indices = (shape: readonly number[], data: readonly number[]): Fed => ({ shape, data, dtype: "int64" });
const cut = (a: Nd, shape: readonly number[], from: readonly number[], step: readonly number[] = [1, 1, 1]): Nd =>
	make(shape, (index) =>
		at(
			a,
			index.map((i, axis) => i * (step[axis] as number) + (from[axis] as number)),
		),
	);

const cases: readonly Case[] = [
	{
		name: "reshape to what is left",
		inputs: [x],
		build: (g, a) => g.reshape(a, [-1, 6]),
		expected: (a) => reshaped(a, [4, 6]),
	},
	{
		name: "reshape where one length is a name",
		inputs: [x],
		build: (g, a) => g.reshape(a, ["n", 12]),
		expected: (a) => reshaped(a, [2, 12]),
	},
	{
		name: "reshape where two lengths are names, one of them a product",
		inputs: [loose],
		build: (g, a) => [
			g.reshape(a, ["tokens", 4, "n"]),
			g.reshape(a, ["tokens*n", 2, 2]),
			g.reshape(a, [2, "n", "2*tokens"]),
		],
		expected: (a) => [reshaped(a, [3, 4, 2]), reshaped(a, [6, 2, 2]), reshaped(a, [2, 2, 6])],
	},
	{
		name: "reshape where there are no elements",
		inputs: [{ ...noise([2, 0, 4]), named: ["n", "tokens", 4] }],
		build: (g, a) => [g.reshape(a, ["n", "tokens", 2, 2]), g.reshape(a, ["2*n", "tokens", 2]), g.reshape(a, [-1, 4])],
		expected: () =>
			[
				[2, 0, 2, 2],
				[4, 0, 2],
				[0, 4],
			].map((shape) => ({ shape, data: [] })),
	},
	{
		name: "reshape with lengths of another input, and with halves rounded down",
		inputs: [
			{ ...noise([6, 2]), named: ["2*n*half", 2] },
			{ ...noise([3]), named: ["n"] },
			{ ...noise([7]), named: ["size"] },
		],
		build: (g, a, b, c) => {
			const part = g.slice(c, 0, 0, "floor(size/2)");
			return [g.reshape(g.assume(a, ["n*floor((size-3)/2)", 2]), ["n", "floor((size-3)/2)", 2]), b, part];
		},
		expected: (a, b, c) => [reshaped(a, [3, 2, 2]), b, cut(c, [3], [0])],
	},
	{
		name: "transpose",
		inputs: [loose],
		build: (g, a) => g.transpose(a, [2, 0, 1]),
		expected: (a) => make([4, 2, 3], ([k = 0, i = 0, j = 0]) => at(a, [i, j, k])),
	},
	{
		name: "concat",
		inputs: [loose, { ...noise([2, 1, 4], 2), named: ["n", 1, 4] }],
		build: (g, a, b) => g.concat([a, b, a], 1),
		expected: (a, b) =>
			make([2, 7, 4], ([i = 0, j = 0, k = 0]) =>
				j < 3 ? at(a, [i, j, k]) : j === 3 ? at(b, [i, 0, k]) : at(a, [i, j - 4, k]),
			),
	},
	{
		name: "slice by numbers",
		inputs: [loose],
		build: (g, a) => [
			g.slice(a, 2, 1, 3),
			g.slice(a, 1, 1, Number.POSITIVE_INFINITY),
			g.slice(a, -1, -3, -1),
			g.slice(a, 1, 0, -1),
			g.slice(a, 2, 0, 4, 3),
			g.slice(a, 1, 0, Number.POSITIVE_INFINITY, 2),
		],
		expected: (a) => [
			cut(a, [2, 3, 2], [0, 0, 1]),
			cut(a, [2, 2, 4], [0, 1, 0]),
			cut(a, [2, 3, 2], [0, 0, 1]),
			cut(a, [2, 2, 4], [0, 0, 0]),
			cut(a, [2, 3, 2], [0, 0, 0], [1, 1, 3]),
			cut(a, [2, 2, 4], [0, 0, 0], [1, 2, 1]),
		],
	},
	{
		name: "slice by names, and by values of the graph",
		inputs: [
			{ ...noise([5, 4]), named: ["past+tokens", 4] },
			{ ...noise([2]), named: ["past"] },
			{ ...noise([3]), named: ["tokens"] },
			indices([1], [1]),
			indices([1], [4]),
		],
		build: (g, a, b, c, from, to) => [
			g.slice(a, 0, "past", "past+tokens"),
			g.slice(a, 0, from, to, 1, "tokens"),
			g.slice(a, 0, 0, to, 2, 2),
			b,
			c,
		],
		expected: (a, b, c) => [cut(a, [3, 4], [2, 0]), cut(a, [3, 4], [1, 0]), cut(a, [2, 4], [0, 0], [2, 1]), b, c],
	},
	{
		name: "split",
		inputs: [
			x,
			{ ...noise([5, 2]), named: ["a+b", 2] },
			{ ...noise([2]), named: ["a"] },
			{ ...noise([3]), named: ["b"] },
		],
		build: (g, a, both, b, c) => [...g.split(a, [1, 3], -1), ...g.split(both, ["b", "a"], 0), b, c],
		expected: (a, both, b, c) => [
			cut(a, [2, 3, 1], [0, 0, 0]),
			cut(a, [2, 3, 3], [0, 0, 1]),
			cut(both, [3, 2], [0, 0]),
			cut(both, [2, 2], [3, 0]),
			b,
			c,
		],
	},
	{
		name: "expand",
		inputs: [{ ...noise([2, 1, 4]), named: ["n", 1, 4] }],
		build: (g, a) => g.expand(a, [3, "n", 5, 4]),
		expected: (a) => make([3, 2, 5, 4], (i) => at(a, i)),
	},
	{
		name: "squeeze and unsqueeze",
		inputs: [{ ...noise([1, 3, 1]), named: [1, "tokens", 1] }],
		build: (g, a) => [g.squeeze(a, [0, -1]), g.unsqueeze(g.squeeze(a, [0]), [0, 3])],
		expected: (a) => [reshaped(a, [3]), reshaped(a, [1, 3, 1, 1])],
	},
	{
		name: "shapeOf, dims and range",
		inputs: [loose],
		build: (g, a) => [
			g.shapeOf(a),
			g.shapeOf(a, 1, 2),
			g.dims([7, "3*tokens-1"], a),
			g.range(0, "tokens"),
			g.range(1, 4),
		],
		expected: () => [
			{ shape: [3], data: [2, 3, 4] },
			{ shape: [1], data: [3] },
			{ shape: [2], data: [7, 8] },
			{ shape: [3], data: [0, 1, 2] },
			{ shape: [3], data: [1, 2, 3] },
		],
	},
	{
		name: "gather",
		inputs: [loose, { ...indices([2, 2], [2, 0, 1, 1]), named: [2, "picked"] }],
		build: (g, a, i) => [g.gather(a, i, 1), g.gather(a, g.cast(i, "int32"), -1)],
		expected: (a, places) => [
			make([2, 2, 2, 4], ([n = 0, i = 0, j = 0, k = 0]) => at(a, [n, at(places, [i, j]), k])),
			make([2, 3, 2, 2], ([n = 0, t = 0, i = 0, j = 0]) => at(a, [n, t, at(places, [i, j])])),
		],
	},
	{
		name: "scatterND",
		inputs: [noise([4, 2]), indices([2, 1], [3, 1]), noise([2, 2], 2)],
		build: (g, a, i, updates) => g.scatterND(a, i, updates),
		expected: (a, _, updates) =>
			make([4, 2], ([i = 0, j = 0]) => (i === 3 ? at(updates, [0, j]) : i === 1 ? at(updates, [1, j]) : at(a, [i, j]))),
	},
	{
		name: "tensorScatter from the front, from a place, and round the end",
		inputs: [
			{ ...noise([2, 3, 5, 2]), named: ["n", 3, "capacity", 2] },
			{ ...noise([2, 3, 2, 2], 2), named: ["n", 3, "tokens", 2] },
			{ ...indices([2], [1, 3]), named: ["n"] },
			{ ...indices([2], [4, 0]), named: ["n"] },
		],
		build: (g, cache, update, index, late) => [
			g.tensorScatter(cache, update, undefined, { axis: 2 }),
			g.tensorScatter(cache, update, index, { axis: -2 }),
			g.tensorScatter(cache, update, late, { axis: 2, circular: true }),
		],
		expected: (cache, update, index, late) =>
			[{ shape: [2], data: [0, 0] }, index as Nd, late as Nd].map((starts) =>
				make([2, 3, 5, 2], ([n = 0, h = 0, t = 0, d = 0]) => {
					const place = (t - at(starts, [n]) + 5) % 5;
					return place < 2 ? at(update, [n, h, place, d]) : at(cache, [n, h, t, d]);
				}),
			),
	},
	{
		name: "sums, means and extremes over axes",
		inputs: [loose],
		build: (g, a) => [
			g.reduceSum(a, [1]),
			g.reduceMean(a, [0, 2], true),
			g.reduceMax(a, [-1]),
			g.reduceMin(a, [-1], true),
			g.argMax(a, -1),
			g.argMax(a, 1, true),
			g.cumSum(a, 1),
		],
		expected: (a) => {
			const row = (i: number, j: number): number[] => [0, 1, 2, 3].map((k) => at(a, [i, j, k]));
			const column = (i: number, k: number): number[] => [0, 1, 2].map((j) => at(a, [i, j, k]));
			const total = (all: readonly number[]): number => all.reduce((p, q) => p + q, 0);
			return [
				make([2, 4], ([i = 0, k = 0]) => total(column(i, k))),
				make([1, 3, 1], ([, j = 0]) => total([...row(0, j), ...row(1, j)]) / 8),
				make([2, 3], ([i = 0, j = 0]) => Math.max(...row(i, j))),
				make([2, 3, 1], ([i = 0, j = 0]) => Math.min(...row(i, j))),
				make([2, 3], ([i = 0, j = 0]) => row(i, j).indexOf(Math.max(...row(i, j)))),
				make([2, 1, 4], ([i = 0, , k = 0]) => column(i, k).indexOf(Math.max(...column(i, k)))),
				make([2, 3, 4], ([i = 0, j = 0, k = 0]) => total(column(i, k).slice(0, j + 1))),
			];
		},
	},
	{
		name: "topK",
		inputs: [{ ...noise([2, 5]), named: ["n", 5] }],
		build: (g, a) => {
			const { values, indices } = g.topK(a, 2, -1);
			return [values, indices, g.topK(a, 3, 1, false).values];
		},
		expected: (a) => {
			const sorted = (i: number): number[] => [0, 1, 2, 3, 4].map((j) => at(a, [i, j])).sort((p, q) => q - p);
			return [
				make([2, 2], ([i = 0, j = 0]) => sorted(i)[j] as number),
				make([2, 2], ([i = 0, j = 0]) => [0, 1, 2, 3, 4].findIndex((k) => at(a, [i, k]) === sorted(i)[j])),
				make([2, 3], ([i = 0, j = 0]) => sorted(i).reverse()[j] as number),
			];
		},
	},
	{
		name: "the same lengths under other names",
		inputs: [{ ...counted([4, 2]), named: ["2*frames", 2] }],
		build: (g, a) => g.add(g.assume(a, [4, 2]), g.constant("float32", [4, 1], [0, 10, 20, 30])),
		expected: (a) => make([4, 2], ([i = 0, j = 0]) => at(a, [i, j]) + 10 * i),
	},
];

tryEach(cases);
