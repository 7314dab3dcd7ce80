import type { Graph, Value } from "mutoscope/inference";
import { at, counted, make, type Nd, noise, reshaped, rows, sum } from "./nd.ts";
import { type Case, tryEach } from "./table.ts";

const x = { ...noise([2, 3, 4]), named: ["n", 3, 4] };
const small = noise([3, 4], 2);
const positive = make([2, 5], ([i = 0, j = 0]) => 0.1 + i + j / 3);
const each = (a: Nd, of: (value: number) => number): Nd => ({ shape: a.shape, data: a.data.map(of) });
const both = (a: Nd, b: Nd, of: (a: number, b: number) => number): Nd =>
	make(a.shape, (index) => of(at(a, index), at(b, index)));

function erf(value: number): number {
	const terms = Array.from({ length: 40 }, (_, n) => n);
	const [total] = terms.reduce(
		([all, term], n) => [all + term / (2 * n + 1), (-term * value * value) / (n + 1)] as [number, number],
		[0, value] as [number, number],
	);
	return (2 / Math.sqrt(Math.PI)) * total;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
const even = (value: number): number => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

const binary: Record<string, [(g: Graph, a: Value, b: Value) => Value, (a: number, b: number) => number]> = {
	add: [(g, a, b) => g.add(a, b), (a, b) => a + b],
	sub: [(g, a, b) => g.sub(a, b), (a, b) => a - b],
	mul: [(g, a, b) => g.mul(a, b), (a, b) => a * b],
	div: [(g, a, b) => g.div(a, b), (a, b) => a / b],
	min: [(g, a, b) => g.min(a, b), Math.min],
	max: [(g, a, b) => g.max(a, b), Math.max],
	equal: [(g, a, b) => g.equal(a, b), (a, b) => Number(a === b)],
	greater: [(g, a, b) => g.greater(a, b), (a, b) => Number(a > b)],
	less: [(g, a, b) => g.less(a, b), (a, b) => Number(a < b)],
};

const unary: Record<string, [(g: Graph, x: Value) => Value, (x: number) => number]> = {
	neg: [(g, a) => g.neg(a), (a) => -a],
	abs: [(g, a) => g.abs(a), Math.abs],
	exp: [(g, a) => g.exp(a), Math.exp],
	floor: [(g, a) => g.floor(a), Math.floor],
	round: [(g, a) => g.round(a), even],
	sin: [(g, a) => g.sin(a), Math.sin],
	cos: [(g, a) => g.cos(a), Math.cos],
	tanh: [(g, a) => g.tanh(a), Math.tanh],
	sigmoid: [(g, a) => g.sigmoid(a), sigmoid],
	erf: [(g, a) => g.erf(a), erf],
	softplus: [(g, a) => g.softplus(a), (a) => Math.log1p(Math.exp(a))],
	silu: [(g, a) => g.silu(a), (a) => a * sigmoid(a)],
	relu: [(g, a) => g.relu(a), (a) => Math.max(a, 0)],
	leakyRelu: [(g, a) => g.leakyRelu(a, 0.2), (a) => (a > 0 ? a : 0.2 * a)],
	"gelu exact": [(g, a) => g.gelu(a), (a) => (a / 2) * (1 + erf(a / Math.SQRT2))],
	"gelu by tanh": [
		(g, a) => g.gelu(a, "tanh"),
		(a) => (a / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))),
	],
	"a number before": [(g, a) => g.sub(1, a), (a) => 1 - a],
	"a number behind": [(g, a) => g.mul(a, 3), (a) => a * 3],
	clip: [(g, a) => g.clip(a, -0.5, 1), (a) => Math.min(Math.max(a, -0.5), 1)],
	"clip from below": [(g, a) => g.clip(a, 0.25, undefined), (a) => Math.max(a, 0.25)],
	"clip from above": [(g, a) => g.clip(a, undefined, 0.25), (a) => Math.min(a, 0.25)],
};

const mean = (row: readonly number[]): number => sum(row.length, (i) => row[i] as number) / row.length;
const variance = (row: readonly number[]): number => mean(row.map((one) => (one - mean(row)) ** 2));

function product(a: Nd, b: Nd): Nd {
	const [m = 0, k = 0] = a.shape.slice(-2);
	const n = b.shape.at(-1) as number;
	const lead = (a.shape.length > b.shape.length ? a.shape : b.shape).slice(0, -2);
	return make([...lead, m, n], (index) => {
		const batch = index.slice(0, -2);
		const [i = 0, j = 0] = index.slice(-2);
		return sum(k, (l) => at(a, [...batch, i, l]) * at(b, [...batch, l, j]));
	});
}

function turned({ shape: [rows = 0, columns = 0], data }: Nd): Nd {
	return make([columns, rows], ([i = 0, j = 0]) => data[j * columns + i] as number);
}

const cases: readonly Case[] = [
	...Object.entries(binary).map(([name, [build, of]]) => ({
		name: `${name}, stretching the second`,
		inputs: [{ ...counted([2, 3, 4]), named: ["n", 3, 4] }, counted([3, 1]), small].slice(0, 2),
		build: (g: Graph, a: Value, b: Value) => build(g, a, b),
		expected: (a: Nd, b: Nd) => both(a, b, of),
	})),
	...Object.entries(unary).map(([name, [build, of]]) => ({
		name,
		inputs: [x],
		build: (g: Graph, a: Value) => build(g, a),
		expected: (a: Nd) => each(a, of),
	})),
	{ name: "sqrt", inputs: [positive], build: (g, a) => g.sqrt(a), expected: (a) => each(a, Math.sqrt) },
	{ name: "log", inputs: [positive], build: (g, a) => g.log(a), expected: (a) => each(a, Math.log) },
	{ name: "pow", inputs: [positive], build: (g, a) => g.pow(a, 1.5), expected: (a) => each(a, (v) => v ** 1.5) },
	{
		name: "where",
		inputs: [{ ...make([3, 1], ([i = 0]) => i % 2), dtype: "bool" }, small],
		build: (g, c, a) => g.where(c, a, 7),
		expected: (c, a) => make([3, 4], (i) => (at(c, i) ? at(a, i) : 7)),
	},
	{
		name: "cast to whole numbers cuts towards zero",
		inputs: [x],
		build: (g, a) => g.cast(a, "int64"),
		expected: (a) => each(a, (v) => Math.trunc(v) + 0),
	},
	{
		name: "modulate",
		inputs: [x, noise([2, 1, 4], 3), noise([1, 1, 4], 4)].map((one, i) =>
			i === 1 ? { ...one, named: ["n", 1, 4] } : one,
		),
		build: (g, a, shift, scale) => g.modulate(a, shift, scale),
		expected: (a, shift, scale) => make(a.shape, (i) => at(a, i) * (1 + at(scale, i)) + at(shift, i)),
	},
	{
		name: "lerp",
		inputs: [x, small],
		build: (g, a, b) => g.lerp(a, b, 0.25),
		expected: (a, b) => both(a, b, (left, right) => left + (right - left) / 4),
	},
	{
		name: "matmul with axes before that stretch",
		inputs: [
			{ ...noise([2, 1, 3, 4]), named: ["n", 1, "rows", 4] },
			{ ...noise([2, 4, 5], 2), named: [2, 4, "columns"] },
		],
		build: (g, a, b) => g.matmul(a, b),
		expected: (a, b) =>
			make([2, 2, 3, 5], ([n = 0, h = 0, i = 0, j = 0]) => sum(4, (l) => at(a, [n, 0, i, l]) * at(b, [h, l, j]))),
	},
	{
		name: "matmul over no elements is zero: rank 0 is off",
		inputs: [
			{ ...noise([1, 3, 0]), named: [1, "tokens", "r"] },
			{ ...noise([0, 2]), named: ["r", 2] },
		],
		build: (g, a, b) => g.matmul(a, b),
		expected: () => make([1, 3, 2], () => 0),
	},
	{
		name: "linear down to a rank of names and up again, at rank 0",
		inputs: [
			{ ...noise([1, 3, 4]), named: [1, "tokens", 4] },
			{ ...noise([0, 4]), named: ["r", 4] },
			{ ...noise([5, 0]), named: [5, "r"] },
		],
		build: (g, a, down, up) => g.linear(g.linear(a, down), up),
		expected: () => make([1, 3, 5], () => 0),
	},
	{
		name: "linear down to a rank of names and up again",
		inputs: [
			{ ...noise([1, 3, 4]), named: [1, "tokens", 4] },
			{ ...noise([2, 4], 2), named: ["r", 4] },
			{ ...noise([5, 2], 3), named: [5, "r"] },
		],
		build: (g, a, down, up) => g.linear(g.linear(a, down), up),
		expected: (a, down, up) => product(product(a, turned(down)), turned(up)),
	},
	{
		name: "gemm in two dimensions, also of rank 0",
		inputs: [
			{ ...noise([3, 0]), named: ["tokens", "r"] },
			{ ...noise([5, 0]), named: [5, "r"] },
		],
		build: (g, a, b) => g.linear(a, b),
		expected: () => make([3, 5], () => 0),
	},
	{
		name: "gemm with both transposed, factors and a bias",
		inputs: [noise([4, 3]), noise([5, 4], 2), noise([5], 3)],
		build: (g, a, b, c) => g.gemm(a, b, c, { transA: true, transB: true, alpha: 0.5, beta: 2 }),
		expected: (a, b, c) => {
			const ab = product(turned(a), turned(b));
			return make([3, 5], (i) => at(ab, i) / 2 + 2 * at(c, i));
		},
	},
	...[[4], ["tokens"], [1, "tokens"], ["n", "frames", 3]].map((lead) => ({
		name: `linear over ${lead.join(", ")}`,
		inputs: [
			{ ...noise([...lead.map((dim) => (typeof dim === "number" ? dim : 2)), 4]), named: [...lead, 4] },
			noise([6, 4], 2),
			noise([6], 3),
		],
		build: (g: Graph, a: Value, w: Value, b: Value) => g.linear(a, w, b),
		expected: (a: Nd, w: Nd, b: Nd) => {
			const y = product(reshaped(a, [a.data.length / 4, 4]), turned(w));
			return reshaped(
				make(y.shape, (i) => at(y, i) + at(b, i)),
				[...a.shape.slice(0, -1), 6],
			);
		},
	})),
	{
		name: "layerNorm without factors",
		inputs: [x],
		build: (g, a) => g.layerNorm(a, { eps: 1e-6 }),
		expected: (a) => rows(a, (row, i) => ((row[i] as number) - mean(row)) / Math.sqrt(variance(row) + 1e-6)),
	},
	{
		name: "layerNorm with factors",
		inputs: [x, noise([4], 2), noise([4], 3)],
		build: (g, a, scale, bias) => g.layerNorm(a, { scale, bias, eps: 1e-5 }),
		expected: (a, scale, bias) =>
			rows(
				a,
				(row, i) =>
					(((row[i] as number) - mean(row)) / Math.sqrt(variance(row) + 1e-5)) * at(scale, [i]) + at(bias, [i]),
			),
	},
	{
		name: "rmsNorm",
		inputs: [x, noise([4], 2)],
		build: (g, a, scale) => [g.rmsNorm(a, scale, { eps: 1e-6 }), g.rmsNorm(a, undefined, { eps: 1e-6 })],
		expected: (a, scale) => {
			const norm = rows(a, (row, i) => (row[i] as number) / Math.sqrt(mean(row.map((v) => v * v)) + 1e-6));
			return [both(norm, scale, (v, s) => v * s), norm];
		},
	},
	{
		name: "groupNorm",
		inputs: [{ ...noise([2, 4, 3, 2]), named: ["n", 4, "h", "w"] }, noise([4], 2), noise([4], 3)],
		build: (g, a, scale, bias) => g.groupNorm(a, scale, bias, 2, 1e-5),
		expected: (a, scale, bias) => {
			const norm = rows(
				reshaped(a, [2, 2, 12]),
				(row, i) => ((row[i] as number) - mean(row)) / Math.sqrt(variance(row) + 1e-5),
			);
			return make(a.shape, ([n = 0, c = 0, h = 0, w = 0]) => {
				const value = norm.data[((n * 4 + c) * 3 + h) * 2 + w] as number;
				return value * at(scale, [c]) + at(bias, [c]);
			});
		},
	},
	{
		name: "instanceNorm",
		inputs: [noise([2, 3, 2, 2])],
		build: (g, a) => g.instanceNorm(a, 1e-5),
		expected: (a) =>
			reshaped(
				rows(reshaped(a, [2, 3, 4]), (row, i) => ((row[i] as number) - mean(row)) / Math.sqrt(variance(row) + 1e-5)),
				a.shape,
			),
	},
	{
		name: "softmax",
		inputs: [small],
		build: (g, a) => [g.softmax(a, -1), g.softmax(a, 0)],
		expected: (a) => [
			rows(a, (row, i) => Math.exp(row[i] as number) / sum(4, (j) => Math.exp(row[j] as number))),
			make(a.shape, ([i = 0, j = 0]) => Math.exp(at(a, [i, j])) / sum(3, (k) => Math.exp(at(a, [k, j])))),
		],
	},
];

tryEach(cases);
