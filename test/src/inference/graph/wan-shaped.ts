import { type AttentionForm, type Dim, type DType, Graph, type Value, type Weights } from "mutoscope/inference";

/** Sizes of a diffusion transformer of Wan's kind. */
export interface Sizes {
	readonly dim: number;
	readonly ffn: number;
	readonly heads: number;
	readonly layers: number;
}

/** Wan 2.1 T2V 1.3B and 14B. */
export const WAN_1_3B: Sizes = { dim: 1536, ffn: 8960, heads: 12, layers: 30 };
export const WAN_14B: Sizes = { dim: 5120, ffn: 13824, heads: 40, layers: 40 };

/** The tensors of its blocks. */
export function shapes({ dim, ffn, layers }: Sizes): [string, readonly number[]][] {
	const linear = (name: string, out: number, inner: number): [string, number[]][] => [
		[`${name}.weight`, [out, inner]],
		[`${name}.bias`, [out]],
	];
	return Array.from({ length: layers }, (_, i) =>
		["self_attn", "cross_attn"]
			.flatMap((kind) => [
				...["q", "k", "v", "o"].flatMap((name) => linear(`${kind}.${name}`, dim, dim)),
				[`${kind}.norm_q.weight`, [dim]] as [string, number[]],
				[`${kind}.norm_k.weight`, [dim]] as [string, number[]],
			])
			.concat(linear("ffn.0", ffn, dim), linear("ffn.2", dim, ffn), linear("norm3", dim, 1), [
				["modulation", [1, 6, dim]],
			])
			.map(([name, shape]): [string, number[]] => [`blocks.${i}.${name}`, name === "norm3.weight" ? [dim] : shape]),
	).flat();
}

/** Its blocks: self-attention over a ring of keys and values, cross-attention to a text, a feed-forward network. */
export function drawn({ dim, heads, layers }: Sizes, weights: Weights, form: AttentionForm, dtype: DType): Graph {
	const g = new Graph("wan-shaped");
	const w = (name: string): Value => g.weight(weights.get(name), { as: dtype });
	const linear = (x: Value, name: string): Value => g.linear(x, w(`${name}.weight`), w(`${name}.bias`));
	const cache: readonly Dim[] = [1, "capacity", dim];
	const [context, time] = [g.input("context", dtype, [1, 512, dim]), g.input("time", dtype, [1, 6, dim])];
	const [cos, sin] = [
		g.input("cos", dtype, ["tokens", dim / heads / 2]),
		g.input("sin", dtype, ["tokens", dim / heads / 2]),
	];
	const [index, length] = [g.input("index", "int64", [1]), g.input("length", "int64", [1])];
	let x = g.input("x", dtype, [1, "tokens", dim]);
	for (let i = 0; i < layers; i++) {
		const block = `blocks.${i}`;
		x = g.scope(block, () => {
			const modulation = g.add(w(`${block}.modulation`), time);
			const [shift, scale, gate, shift2, scale2, gate2] = g.split(modulation, [1, 1, 1, 1, 1, 1], 1) as Value[] & {
				length: 6;
			};
			const [q, k, v] = g.scope("self_attn", () => {
				const y = g.modulate(g.layerNorm(x, { eps: 1e-6 }), shift as Value, scale as Value);
				const at = `${block}.self_attn`;
				const turned = (name: string): Value =>
					g.rotary(g.rmsNorm(linear(y, `${at}.${name}`), w(`${at}.norm_${name}.weight`), { eps: 1e-6 }), cos, sin, {
						heads,
						interleaved: true,
					});
				return [turned("q"), turned("k"), linear(y, `${at}.v`)] as const;
			});
			const kept = [k, v].map((value, j) => {
				const past = g.input(`cache.${i}.${j}`, dtype, cache);
				const next = g.tensorScatter(past, value, index, { axis: 1, circular: true });
				g.output(`next.${i}.${j}`, next);
				return next;
			});
			const mixed = g.attention(q, kept[0] as Value, kept[1] as Value, { heads, form, length });
			let y = g.add(x, g.mul(linear(mixed, `${block}.self_attn.o`), gate as Value));
			const cross = `${block}.cross_attn`;
			const query = g.layerNorm(y, { scale: w(`${block}.norm3.weight`), bias: w(`${block}.norm3.bias`), eps: 1e-6 });
			const [cq, ck, cv] = [
				g.rmsNorm(linear(query, `${cross}.q`), w(`${cross}.norm_q.weight`), { eps: 1e-6 }),
				g.rmsNorm(linear(context, `${cross}.k`), w(`${cross}.norm_k.weight`), { eps: 1e-6 }),
				linear(context, `${cross}.v`),
			] as const;
			y = g.add(y, linear(g.attention(cq, ck, cv, { heads, form }), `${cross}.o`));
			const wide = g.gelu(
				linear(g.modulate(g.layerNorm(y, { eps: 1e-6 }), shift2 as Value, scale2 as Value), `${block}.ffn.0`),
				"tanh",
			);
			return g.add(y, g.mul(linear(wide, `${block}.ffn.2`), gate2 as Value));
		});
	}
	g.output("y", x);
	return g;
}
