import type { AttentionForm } from "../../../../src/inference/graph/attention.ts";
import type { Fed } from "./computed.ts";
import { at, make, type Nd, noise, reshaped, sum } from "./nd.ts";
import { type Case, tryEach } from "./table.ts";

const HEADS = 2;
const DEPTH = 3;
const forms: readonly AttentionForm[] = ["fused", "plain", "contrib"];

/** Attention in plain loops; `bias` stretches to [B, heads, S, L], `lengths` say how many keys count. */
function attended(q: Nd, k: Nd, v: Nd, scale: number, bias?: Nd, lengths?: Nd): Nd {
	const [batches = 0, queries = 0] = q.shape;
	const keys = k.shape[1] as number;
	return make([batches, queries, HEADS * DEPTH], ([b = 0, s = 0, column = 0]) => {
		const head = Math.floor(column / DEPTH);
		const scores = Array.from({ length: lengths ? at(lengths, [b]) : keys }, (_, l) => {
			const dot = sum(DEPTH, (d) => at(q, [b, s, head * DEPTH + d]) * at(k, [b, l, head * DEPTH + d]));
			return Math.exp(dot * scale + (bias ? at(bias, [b, head, s, l]) : 0));
		});
		const whole = scores.reduce((left, right) => left + right, 0);
		return sum(scores.length, (l) => ((scores[l] as number) / whole) * at(v, [b, l, column]));
	});
}

const q = { ...noise([2, 4, 6]), named: ["n", "tokens", 6] };
const k = { ...noise([2, 5, 6], 2), named: ["n", "keys", 6] };
const v = { ...noise([2, 5, 6], 3), named: ["n", "keys", 6] };
const lengths: Fed = { shape: [2], data: [3, 5], dtype: "int64", named: ["n"] };
const biases: readonly Fed[] = [
	{ ...noise([5], 4), named: ["keys"] },
	{ ...noise([4, 5], 5), named: ["tokens", "keys"] },
	{ ...noise([1, 2, 1, 5], 6), named: [1, 2, 1, "keys"] },
	{ ...noise([2, 1, 4, 5], 7), named: ["n", 1, "tokens", "keys"] },
	{ ...noise([2, 2, 4, 5], 8), named: ["n", 2, "tokens", "keys"] },
];

const attention: readonly Case[] = forms.flatMap((form): Case[] => [
	{
		name: `attention, ${form}`,
		inputs: [q, k, v],
		build: (g, a, b, c) => g.attention(a, b, c, { heads: HEADS, form }),
		expected: (a, b, c) => attended(a, b, c, DEPTH ** -0.5),
	},
	{
		name: `attention, ${form}, with a scale of its own`,
		inputs: [q, k, v],
		build: (g, a, b, c) => g.attention(a, b, c, { heads: HEADS, form, scale: 1 }),
		expected: (a, b, c) => attended(a, b, c, 1),
	},
	{
		name: `attention, ${form}, over some of the keys`,
		inputs: [q, k, v, lengths],
		build: (g, a, b, c, length) => g.attention(a, b, c, { heads: HEADS, form, length }),
		expected: (a, b, c, length) => attended(a, b, c, DEPTH ** -0.5, undefined, length),
	},
	...biases.map(
		(bias): Case => ({
			name: `attention, ${form}, with a bias of ${bias.named?.join(", ")}`,
			inputs: [q, k, v, bias],
			build: (g, a, b, c, d) => g.attention(a, b, c, { heads: HEADS, form, bias: d }),
			expected: (a, b, c, d) => attended(a, b, c, DEPTH ** -0.5, d),
		}),
	),
	{
		name: `attention, ${form}, with a bias and over some of the keys`,
		inputs: [q, k, v, biases[4] as Fed, lengths],
		build: (g, a, b, c, d, length) =>
			g.attention(a, b, c, {
				heads: HEADS,
				form,
				bias: d,
				length,
			}),
		expected: (a, b, c, d, length) => attended(a, b, c, DEPTH ** -0.5, d, length),
	},
]);

function rotated(x: Nd, cos: Nd, sin: Nd, heads: number, interleaved: boolean): Nd {
	const depth = (x.shape[2] as number) / heads;
	return make(x.shape, ([b = 0, s = 0, column = 0]) => {
		const within = column % depth;
		const pair = interleaved ? Math.floor(within / 2) : within % (depth / 2);
		const second = interleaved ? within % 2 === 1 : within >= depth / 2;
		const [re, im] = interleaved ? [2 * pair, 2 * pair + 1] : [pair, pair + depth / 2];
		const value = (place: number): number => at(x, [b, s, column - within + place]);
		const [c, d] = [at(cos, [b, s, pair]), at(sin, [b, s, pair])];
		return second ? value(re) * d + value(im) * c : value(re) * c - value(im) * d;
	});
}

const rotary: readonly Case[] = (["fused", "plain"] as const).flatMap((form) =>
	[true, false].flatMap((interleaved) =>
		[
			["tokens", 2],
			[1, "tokens", 2],
			["n", "tokens", 2],
		].map((named): Case => {
			const shape = named.map((dim) => (dim === "n" ? 2 : dim === "tokens" ? 3 : Number(dim)));
			return {
				name: `rotary, ${form}, ${interleaved ? "neighbours" : "halves"}, angles of ${named.join(", ")}`,
				inputs: [
					{ ...noise([2, 3, 12]), named: ["n", "tokens", 12] },
					{ ...noise(shape, 2), named },
					{ ...noise(shape, 3), named },
				],
				build: (g, x, cos, sin) => g.rotary(x, cos, sin, { heads: 3, interleaved, form }),
				expected: (x, cos, sin) => rotated(x, cos, sin, 3, interleaved),
			};
		}),
	),
);

tryEach([
	...attention,
	...rotary,
	{
		name: "attention over heads of which each sees its own columns",
		inputs: [noise([1, 2, 6]), noise([1, 2, 6], 2)],
		build: (g, a, b) => g.attention(a, a, b, { heads: 6, form: "fused" }),
		expected: (a, b) =>
			make([1, 2, 6], ([, s = 0, c = 0]) => {
				const [first, second] = [0, 1].map((l) => Math.exp(at(a, [0, s, c]) * at(a, [0, l, c]))) as [number, number];
				return (first * at(b, [0, 0, c]) + second * at(b, [0, 1, c])) / (first + second);
			}),
	},
	{
		name: "layers of attention in a row keep their names apart",
		inputs: [q],
		build: (g, a) => g.scope("one", () => g.scope("two", () => g.attention(a, a, a, { heads: HEADS, form: "plain" }))),
		expected: (a) => reshaped(attended(a, a, a, DEPTH ** -0.5), a.shape),
	},
]);
