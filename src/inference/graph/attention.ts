import { broadcast } from "./broadcast.ts";
import { type Dim, exactDiv } from "./dims.ts";
import { Norms } from "./norms.ts";
import { type Operand, printShape, type Value } from "./value.ts";

/** How attention is computed: one ONNX operator, products and a softmax, or one operator of ONNX Runtime. */
export type AttentionForm = "fused" | "plain" | "contrib";

/** What attention needs besides its three matrices. */
export interface AttentionOptions {
	readonly heads: number;
	/** Factor of q · kᵀ; 1/√d unless given. */
	readonly scale?: number;
	/** Added to the scores: broadcasts to [B, heads, S, L]. */
	readonly bias?: Value;
	/** How many of the keys of each sequence count, from the first: int64 [B]. */
	readonly length?: Value;
	readonly form: AttentionForm;
}

/** How `rotary` turns. */
export interface RotaryOptions {
	readonly heads: number;
	/** Whether pairs are neighbours, as in Wan, and not half a head apart. */
	readonly interleaved: boolean;
	/** One operator of ONNX, or products and sums. */
	readonly form?: "fused" | "plain";
}

/** Attention. Vaswani et al. 2017, arXiv 1706.03762, and Su et al. 2021, arXiv 2104.09864, for the positions. */
export class Attention extends Norms {
	/** softmax(scale · q · kᵀ + bias) · v for each head: q [B, S, heads·d], k and v [B, L, heads·d], result [B, S, heads·d]. */
	attention(q: Value, k: Value, v: Value, options: AttentionOptions): Value {
		const { heads, bias, length, form } = options;
		const width = q.shape[2];
		const fits =
			[q, k, v].every(({ shape, dtype }) => shape.length === 3 && shape[0] === q.shape[0] && dtype === q.dtype) &&
			width === k.shape[2] &&
			k.shape[1] === v.shape[1];
		const depth = typeof width === "number" ? exactDiv(width, heads) : undefined;
		if (!fits || typeof depth !== "number" || v.shape[2] !== width) {
			const shapes = [q, k, v].map(({ dtype, shape }) => `${dtype} ${printShape(shape)}`).join(", ");
			return this.fail("attention", `q, k, v are ${shapes} with ${heads} heads`);
		}
		const scores = [q.shape[0] as Dim, heads, q.shape[1] as Dim, k.shape[1] as Dim];
		if (bias && printShape(broadcast(bias.shape, scores) ?? []) !== printShape(scores)) {
			this.fail("attention", `the bias is ${printShape(bias.shape)}, the scores are ${printShape(scores)}`);
		}
		if (length && (length.dtype !== "int64" || printShape(length.shape) !== printShape([q.shape[0] as Dim]))) {
			this.fail("attention", `the length is ${length.dtype} ${printShape(length.shape)}, not int64 [${q.shape[0]}]`);
		}
		const scale = options.scale ?? depth ** -0.5;
		if (form === "plain") return this.#plain(q, k, v, { heads, depth, scale, bias, length });
		if (form === "contrib") return this.#contrib([q, k, v], { heads, scale, bias, length, scores });
		const attributes = { q_num_heads: heads, kv_num_heads: heads, scale: { float: scale } };
		// ONNX Runtime takes either a mask or lengths: with both, the lengths become part of the mask.
		const sum = bias && length ? this.add(bias, this.#past(length, q, scores[3] as Dim)) : bias;
		const mask = sum && this.#filled(sum, scores);
		const inputs =
			length && !mask ? [q, k, v, undefined, undefined, undefined, length] : mask ? [q, k, v, mask] : [q, k, v];
		return this.one("Attention", inputs, q, attributes);
	}

	/** Turns pairs of each head of x [B, S, heads·d] by the angles whose cosines and sines are [S, d/2] or [B, S, d/2]. */
	rotary(x: Value, cos: Value, sin: Value, { heads, interleaved, form = "fused" }: RotaryOptions): Value {
		const [batch = 0, length = 0, width] = x.shape;
		const depth = width === undefined ? undefined : exactDiv(width, 2 * heads);
		const table = [length, depth ?? 0];
		const fits = [table, [1, ...table], [batch, ...table]].some((shape) => printShape(shape) === printShape(cos.shape));
		const same = printShape(sin.shape) === printShape(cos.shape) && sin.dtype === x.dtype && cos.dtype === x.dtype;
		if (x.shape.length !== 3 || typeof depth !== "number" || !fits || !same) {
			const shapes = [x, cos, sin].map(({ dtype, shape }) => `${dtype} ${printShape(shape)}`).join(", ");
			return this.fail("rotary", `x, cos, sin are ${shapes} with ${heads} heads`);
		}
		const [c, s] = [cos, sin].map((one) => (one.shape.length === 2 ? this.unsqueeze(one, [0]) : one)) as [Value, Value];
		if (form === "fused") {
			const full = (one: Value): Value => (one.shape[0] === batch ? one : this.expand(one, [batch, ...table]));
			return this.one("RotaryEmbedding", [x, full(c), full(s)], x, {
				interleaved: interleaved ? 1 : 0,
				num_heads: heads,
			});
		}
		const at = interleaved ? 4 : 3;
		const pairs = this.reshape(x, interleaved ? [batch, length, heads, depth, 2] : [batch, length, heads, 2, depth]);
		const [real, imaginary] = this.split(pairs, [1, 1], at) as [Value, Value];
		const axes = interleaved ? [2, 4] : [2, 3];
		const [cosine, sine] = [this.unsqueeze(c, axes), this.unsqueeze(s, axes)];
		const turned = [
			this.sub(this.mul(real, cosine), this.mul(imaginary, sine)),
			this.add(this.mul(real, sine), this.mul(imaginary, cosine)),
		];
		return this.reshape(this.concat(turned, at), x.shape);
	}

	#plain(
		q: Value,
		k: Value,
		v: Value,
		parts: { heads: number; depth: number; scale: number; bias: Value | undefined; length: Value | undefined },
	): Value {
		const { heads, depth, scale, bias, length } = parts;
		const split = (x: Value, order: readonly number[]): Value =>
			this.transpose(this.reshape(x, [x.shape[0] as Dim, x.shape[1] as Dim, heads, depth]), order);
		let scores = this.matmul(split(this.mul(q, scale), [0, 2, 1, 3]), split(k, [0, 2, 3, 1]));
		if (bias) scores = this.add(scores, bias);
		if (length) scores = this.add(scores, this.#past(length, q, k.shape[1] as Dim));
		const mixed = this.matmul(this.softmax(scores, -1), split(v, [0, 2, 1, 3]));
		return this.reshape(this.transpose(mixed, [0, 2, 1, 3]), q.shape);
	}

	#contrib(
		[q, k, v]: readonly [Value, Value, Value],
		parts: {
			heads: number;
			scale: number;
			bias: Value | undefined;
			length: Value | undefined;
			scores: readonly Dim[];
		},
	): Value {
		const { heads, scale, bias, length, scores } = parts;
		const valid = length && this.cast(length, "int32");
		const added = bias && this.#filled(bias, scores);
		const attributes = { num_heads: heads, scale: { float: scale } };
		return this.one("MultiHeadAttention", [q, k, v, undefined, valid, added], q, attributes, "com.microsoft");
	}

	/** A bias of four axes, the last two stretched to [S, L]: operators stretch only those before. */
	#filled(bias: Value, scores: readonly Dim[]): Value {
		const full = [...[1, 1, 1, ...bias.shape].slice(-4, -2), ...scores.slice(2)];
		return printShape(full) === printShape(bias.shape) ? bias : this.expand(bias, full);
	}

	/** 0 for keys that count and a score of next to nothing for the others: [B, 1, 1, L]. */
	#past(length: Value, { dtype }: Value, keys: Dim): Value {
		const position = this.range(0, keys);
		const counts = this.less(position, this.reshape(length, [length.shape[0] as Dim, 1, 1, 1]));
		const none: Operand = this.scalar(dtype === "float16" ? -65504 : -3e38, dtype);
		return this.where(counts, this.scalar(0, dtype), none);
	}
}
