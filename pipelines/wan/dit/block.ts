import type { AttentionForm, DType, Graph, Value } from "mutoscope/inference";
import type { DitConfig } from "./config.ts";
import type { Linears } from "./linears.ts";

/** What the parts of a transformer are drawn with. */
export interface Draft {
	readonly g: Graph;
	readonly config: DitConfig;
	readonly linears: Linears;
	/** Of activations. */
	readonly dtype: DType;
	readonly attention: AttentionForm;
	/** Told of what lies between, by name: `blocks.0.self_attn`. */
	readonly tap: (name: string, value: Value) => void;
}

/** What a block is given besides its tokens. */
export interface BlockInputs {
	/** Its name in the checkpoint: `blocks.0`. */
	readonly name: string;
	/** How time modulates all blocks: fp32 [groups, 6 · dim]. The tokens of a group have one timestep. */
	readonly time: Value;
	/** Keys and values of the text, [1, text, dim], and a bias of each key. */
	readonly text: { readonly keys: Value; readonly values: Value; readonly bias: Value | undefined };
	/** Attention among the tokens, with positions: q, k (both normalised) and v are [tokens, dim], and so is the result. */
	readonly attend: (q: Value, k: Value, v: Value) => Value;
}

/**
 * A block of Wan 2.1's transformer (arXiv 2503.20314, §4.2.1) over tokens x [tokens, dim]: self attention, attention to the
 * text, and a feed-forward layer; time modulates the first and the last.
 */
export function block(draft: Draft, x: Value, inputs: BlockInputs): Value {
	const { name, time, text, attend } = inputs;
	const { g, config, linears, tap } = draft;
	const { dim, ffn } = config;
	return g.scope(name, () => {
		const [shift, scale, gate, shiftFfn, scaleFfn, gateFfn] = modulation(draft, name, time, 6);
		const a = modulated(draft, x, shift, scale);
		const q = rms(draft, linears.apply(`${name}.self_attn.q`, a, dim), `${name}.self_attn.norm_q`);
		const k = rms(draft, linears.apply(`${name}.self_attn.k`, a, dim), `${name}.self_attn.norm_k`);
		const v = linears.apply(`${name}.self_attn.v`, a, dim);
		const self = linears.apply(`${name}.self_attn.o`, attend(q, k, v), dim);
		tap(`${name}.self_attn`, self);
		const seen = gated(draft, x, self, gate);

		const c = g.layerNorm(seen, {
			scale: linears.weight(`${name}.norm3.weight`, [dim]),
			bias: linears.weight(`${name}.norm3.bias`, [dim]),
			eps: config.eps,
		});
		const asked = rms(draft, linears.apply(`${name}.cross_attn.q`, c, dim), `${name}.cross_attn.norm_q`);
		const told = attention(draft, asked, text.keys, text.values, text.bias);
		const cross = linears.apply(`${name}.cross_attn.o`, told, dim);
		tap(`${name}.cross_attn`, cross);
		const heard = g.add(seen, cross);

		const b = modulated(draft, heard, shiftFfn, scaleFfn);
		const hidden = g.gelu(linears.apply(`${name}.ffn.0`, b, ffn), "tanh");
		const result = gated(draft, heard, linears.apply(`${name}.ffn.2`, hidden, dim), gateFfn);
		tap(name, result);
		return result;
	});
}

/** The text's part of the inputs, block by block. `brief`: its keys have a bias, `text.bias` [1, 1, 1, text]. */
export function drawTextInputs({ g, config, dtype }: Draft, brief: boolean): (i: number) => BlockInputs["text"] {
	const bias = brief ? g.input("text.bias", dtype, [1, 1, 1, "text"]) : undefined;
	const input = (name: string) => g.input(name, dtype, [1, "text", config.dim]);
	return (i) => ({ keys: input(`text.keys.${i}`), values: input(`text.values.${i}`), bias });
}

/** Attention of all heads for q [tokens, dim] and keys and values [1, length, dim]; the result is [tokens, dim]. */
export function attention(draft: Draft, q: Value, keys: Value, values: Value, bias?: Value): Value {
	const { g, config, attention: form } = draft;
	const options = { heads: config.heads, form, ...(bias ? { bias } : {}) };
	return g.reshape(g.attention(g.unsqueeze(q, [0]), keys, values, options), q.shape);
}

/** q or k [tokens, dim] turned to their positions, whose tables are fp32 [tokens, depth/2]. */
export function turned(draft: Draft, x: Value, cos: Value, sin: Value): Value {
	const { g, config, dtype } = draft;
	const exact = g.unsqueeze(dtype === "float32" ? x : g.cast(x, "float32"), [0]);
	const result = g.reshape(g.rotary(exact, cos, sin, { heads: config.heads, interleaved: true }), x.shape);
	return dtype === "float32" ? result : g.cast(result, dtype);
}

/** Root mean square over all heads together, times a weight. */
export function rms({ g, config, linears, dtype }: Draft, x: Value, norm: string): Value {
	const weight = linears.weight(`${norm}.weight`, [config.dim], "float32");
	if (dtype === "float32") return g.rmsNorm(x, weight, { eps: config.eps });
	return g.cast(g.rmsNorm(g.cast(x, "float32"), weight, { eps: config.eps }), dtype);
}

/**
 * The shifts, scales and gates of a block, [groups, 1, dim] each: what it has learned plus what time says.
 *
 * @param time fp32 [groups, count · dim], or [groups, dim] where all share it.
 */
export function modulation(
	draft: Draft,
	name: string,
	time: Value,
	count: 2 | 6,
): [Value, Value, Value, Value, Value, Value] {
	const { g, config, linears, dtype } = draft;
	const { dim } = config;
	const learned = linears.weight(`${name}.modulation`, [1, count, dim], "float32");
	const each = time.shape[1] === dim ? g.unsqueeze(time, [1]) : g.reshape(time, [time.shape[0] ?? 0, count, dim]);
	const sum = g.add(learned, each);
	const parts = g.split(dtype === "float32" ? sum : g.cast(sum, dtype), new Array<number>(count).fill(1), 1);
	return parts as [Value, Value, Value, Value, Value, Value];
}

/** LN(x) · (1 + scale) + shift for x [tokens, dim] and shift and scale [groups, 1, dim]. */
export function modulated({ g, config }: Draft, x: Value, shift: Value, scale: Value): Value {
	const normal = byGroup(g, g.layerNorm(x, { eps: config.eps }), shift);
	return g.reshape(g.modulate(normal, shift, scale), x.shape);
}

function gated({ g }: Draft, x: Value, y: Value, gate: Value): Value {
	return g.add(x, g.reshape(g.mul(byGroup(g, y, gate), gate), x.shape));
}

function byGroup(g: Graph, x: Value, { shape }: Value): Value {
	const [groups = 0, , dim = 0] = shape;
	return g.reshape(x, [groups, -1, dim]);
}
