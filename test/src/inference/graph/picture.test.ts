import { at, make, type Nd, noise, sum } from "./nd.ts";
import { type Case, tryEach } from "./table.ts";

/** An element, or 0 outside. */
function inside(x: Nd, index: readonly number[]): number {
	return index.every((place, axis) => place >= 0 && place < (x.shape[axis] as number)) ? at(x, index) : 0;
}

/** Every place of a kernel. */
function places(shape: readonly number[]): number[][] {
	return shape.reduce<number[][]>(
		(all, length) => all.flatMap((p) => Array.from({ length }, (_, i) => [...p, i])),
		[[]],
	);
}

interface Moves {
	readonly out: readonly number[];
	readonly strides: readonly number[];
	readonly before: readonly number[];
	readonly dilations: readonly number[];
	readonly group?: number;
}

function convolved(x: Nd, w: Nd, b: Nd | undefined, { out, strides, before, dilations, group = 1 }: Moves): Nd {
	const [channels = 0, each = 0, ...kernel] = w.shape;
	return make([x.shape[0] as number, channels, ...out], ([n = 0, c = 0, ...place]) => {
		const first = Math.floor(c / (channels / group)) * each;
		const terms = places(kernel).map((k) => {
			const source = place.map(
				(p, i) => p * (strides[i] as number) - (before[i] as number) + (k[i] as number) * (dilations[i] as number),
			);
			return sum(each, (i) => inside(x, [n, first + i, ...source]) * at(w, [c, i, ...k]));
		});
		return terms.reduce((p, q) => p + q, b ? at(b, [c]) : 0);
	});
}

const picture = { ...noise([1, 2, 5, 6]), named: ["n", 2, "height", "width"] };
const fixed = noise([1, 2, 5, 6]);

const cases: readonly Case[] = [
	{
		name: "conv over one axis",
		inputs: [{ ...noise([2, 3, 7]), named: ["n", 3, "length"] }, noise([4, 3, 3], 2), noise([4], 3)],
		build: (g, x, w, b) => g.conv(x, w, b, { pads: 1 }),
		expected: (x, w, b) => convolved(x, w, b, { out: [7], strides: [1], before: [1], dilations: [1] }),
	},
	{
		name: "conv over two axes with steps, gaps, uneven zeros and groups",
		inputs: [picture, noise([4, 1, 3, 2], 2)],
		build: (g, x, w) => g.conv(x, w, undefined, { strides: [2, 3], pads: [1, 0, 2, 1], dilations: [1, 2], group: 2 }),
		expected: (x, w) =>
			convolved(x, w, undefined, { out: [3, 2], strides: [2, 3], before: [1, 0], dilations: [1, 2], group: 2 }),
	},
	{
		name: "conv over three axes",
		inputs: [{ ...noise([1, 2, 3, 4, 4]), named: [1, 2, "frames", 4, 4] }, noise([3, 2, 3, 3, 3], 2), noise([3], 3)],
		build: (g, x, w, b) => g.conv(x, w, b, { pads: [0, 1, 1] }),
		expected: (x, w, b) =>
			convolved(x, w, b, { out: [1, 4, 4], strides: [1, 1, 1], before: [0, 1, 1], dilations: [1, 1, 1] }),
		tolerance: 1e-5,
	},
	{
		name: "convTranspose",
		inputs: [picture, noise([2, 3, 4, 4], 2), noise([3], 3)],
		build: (g, x, w, b) => g.convTranspose(x, w, b, { strides: 2, pads: 1, outputPadding: [1, 0] }),
		expected: (x, w, b) =>
			make([1, 3, 11, 12], ([, c = 0, i = 0, j = 0]) => {
				const reach = places([4, 4]).map(([u = 0, v = 0]) => {
					const [row, column] = [(i + 1 - u) / 2, (j + 1 - v) / 2];
					if (!Number.isInteger(row) || !Number.isInteger(column)) return 0;
					return sum(2, (k) => inside(x, [0, k, row, column]) * at(w, [k, c, u, v]));
				});
				return reach.reduce((p, q) => p + q, at(b, [c]));
			}),
	},
	{
		name: "avgPool and maxPool",
		inputs: [picture],
		build: (g, x) => [
			g.avgPool(x, { kernel: 2 }),
			g.avgPool(x, { kernel: 3, strides: 1, pads: 1 }),
			g.avgPool(x, { kernel: 3, strides: 1, pads: 1, countPads: true }),
			g.maxPool(x, { kernel: [3, 2], strides: [1, 2] }),
		],
		expected: (x) => {
			const within = (i: number, j: number): number => (i >= 0 && j >= 0 && i < 5 && j < 6 ? 1 : 0);
			const total = (c: number, i: number, j: number): number =>
				places([3, 3]).reduce((all, [u = 0, v = 0]) => all + inside(x, [0, c, i + u - 1, j + v - 1]), 0);
			const counts = (i: number, j: number): number =>
				places([3, 3]).reduce((all, [u = 0, v = 0]) => all + within(i + u - 1, j + v - 1), 0);
			return [
				make([1, 2, 2, 3], ([, c = 0, i = 0, j = 0]) =>
					places([2, 2]).reduce((all, [u = 0, v = 0]) => all + at(x, [0, c, 2 * i + u, 2 * j + v]) / 4, 0),
				),
				make([1, 2, 5, 6], ([, c = 0, i = 0, j = 0]) => total(c, i, j) / counts(i, j)),
				make([1, 2, 5, 6], ([, c = 0, i = 0, j = 0]) => total(c, i, j) / 9),
				make([1, 2, 3, 3], ([, c = 0, i = 0, j = 0]) =>
					Math.max(...places([3, 2]).map(([u = 0, v = 0]) => at(x, [0, c, i + u, 2 * j + v]))),
				),
			];
		},
	},
	{
		name: "resize to the nearest, by sizes and by factors",
		inputs: [picture],
		build: (g, x) => [
			g.resize(x, { sizes: ["2*height", 12], mode: "nearest", coordinates: "asymmetric" }),
			g.resize(x, { scales: [2, 2], mode: "nearest", coordinates: "asymmetric" }),
			g.resize(x, { sizes: [2, 3], mode: "nearest", coordinates: "asymmetric" }),
		],
		expected: (x) => {
			const twice = make([1, 2, 10, 12], ([, c = 0, i = 0, j = 0]) =>
				at(x, [0, c, Math.floor(i / 2), Math.floor(j / 2)]),
			);
			return [twice, twice, make([1, 2, 2, 3], ([, c = 0, i = 0, j = 0]) => at(x, [0, c, Math.floor(i * 2.5), 2 * j]))];
		},
	},
	...(["half_pixel", "align_corners"] as const).map((coordinates) => ({
		name: `resize by straight lines, ${coordinates}`,
		inputs: [fixed],
		build: ((g, x) => g.resize(x, { sizes: [7, 9], mode: "linear", coordinates })) as Case["build"],
		expected: ((x) => {
			const between = (to: number, from: number, length: number): [number, number, number] => {
				const place =
					coordinates === "half_pixel" ? ((to + 0.5) * from) / length - 0.5 : (to * (from - 1)) / (length - 1);
				const held = Math.min(Math.max(place, 0), from - 1);
				return [Math.floor(held), Math.min(Math.floor(held) + 1, from - 1), held % 1];
			};
			return make([1, 2, 7, 9], ([, c = 0, i = 0, j = 0]) => {
				const [top, bottom, y] = between(i, 5, 7);
				const [left, right, z] = between(j, 6, 9);
				const line = (row: number): number =>
					at(x as Nd, [0, c, row, left]) * (1 - z) + at(x as Nd, [0, c, row, right]) * z;
				return line(top) * (1 - y) + line(bottom) * y;
			});
		}) as Case["expected"],
	})),
	{
		name: "resize by a cubic",
		inputs: [fixed],
		build: (g, x) => g.resize(x, { sizes: [8, 9], mode: "cubic", coordinates: "half_pixel" }),
		expected: (x) => {
			const weight = (distance: number): number => {
				const [a, t] = [-0.75, Math.abs(distance)];
				return t <= 1 ? (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1 : a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a;
			};
			return make([1, 2, 8, 9], ([, c = 0, i = 0, j = 0]) => {
				const [y, z] = [((i + 0.5) * 5) / 8 - 0.5, ((j + 0.5) * 6) / 9 - 0.5];
				return sum(16, (corner) => {
					const [u, v] = [Math.floor(y) - 1 + (corner >> 2), Math.floor(z) - 1 + (corner & 3)];
					const [row, column] = [Math.min(Math.max(u, 0), 4), Math.min(Math.max(v, 0), 5)];
					return at(x, [0, c, row, column]) * weight(y - u) * weight(z - v);
				});
			});
		},
		tolerance: 1e-5,
	},
	{
		name: "pixelShuffle",
		inputs: [{ ...noise([1, 8, 2, 3]), named: ["n", 8, "height", "width"] }],
		build: (g, x) => g.pixelShuffle(x, 2),
		expected: (x) =>
			make([1, 2, 4, 6], ([, c = 0, i = 0, j = 0]) =>
				at(x, [0, c * 4 + (i % 2) * 2 + (j % 2), Math.floor(i / 2), Math.floor(j / 2)]),
			),
	},
	{
		name: "gridSample by straight lines, zeros or the border around",
		inputs: [picture, { ...noise([1, 3, 4, 2], 2), named: ["n", 3, 4, 2] }],
		build: (g, x, grid) => [
			g.gridSample(x, grid, { mode: "linear", padding: "zeros", alignCorners: false }),
			g.gridSample(x, grid, { mode: "linear", padding: "border", alignCorners: true }),
		],
		expected: (x, grid) =>
			([false, true] as const).map((border) =>
				make([1, 2, 3, 4], ([, c = 0, i = 0, j = 0]) => {
					const place = (axis: number, size: number): number => {
						const value = at(grid, [0, i, j, axis]);
						if (!border) return ((value + 1) * size - 1) / 2;
						return Math.min(Math.max(((value + 1) / 2) * (size - 1), 0), size - 1);
					};
					const [column, row] = [place(0, 6), place(1, 5)];
					return sum(4, (corner) => {
						const [u, v] = [Math.floor(row) + (corner >> 1), Math.floor(column) + (corner & 1)];
						return inside(x, [0, c, u, v]) * (1 - Math.abs(row - u)) * (1 - Math.abs(column - v));
					});
				}),
			),
		tolerance: 1e-5,
	},
	{
		name: "pad with numbers, the edge, and a mirror",
		inputs: [picture],
		build: (g, x) => [
			g.pad(x, [1, 0, 0, 2], { value: 3 }),
			g.pad(x, [1, 2, 1, 0], { mode: "edge" }),
			g.pad(x, [2, 1, 0, 1], { mode: "reflect" }),
			g.pad(x, [0, 0, -1, 0, 0, 0, 1, -2]),
		],
		expected: (x) => {
			const hold = (place: number, length: number): number => Math.min(Math.max(place, 0), length - 1);
			const mirror = (place: number, length: number): number =>
				place < 0 ? -place : place >= length ? 2 * length - 2 - place : place;
			const cell = (c: number, i: number, j: number, around: number): number =>
				i < 0 || j < 0 || i > 4 || j > 5 ? around : at(x, [0, c, i, j]);
			return [
				make([1, 2, 6, 8], ([, c = 0, i = 0, j = 0]) => cell(c, i - 1, j, 3)),
				make([1, 2, 7, 8], ([, c = 0, i = 0, j = 0]) => at(x, [0, c, hold(i - 1, 5), hold(j - 2, 6)])),
				make([1, 2, 7, 8], ([, c = 0, i = 0, j = 0]) => at(x, [0, c, mirror(i - 2, 5), mirror(j - 1, 6)])),
				make([1, 2, 5, 4], ([, c = 0, i = 0, j = 0]) => cell(c, i + 1, j, 0)),
			];
		},
	},
];

tryEach(cases);
