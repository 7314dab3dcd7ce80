import { exactDiv } from "./dims.ts";
import { Indexing } from "./indexing.ts";
import { printShape, type Value } from "./value.ts";

/** Linear layers whose weights have few bits: what `quantise` writes. */
export class Quantised extends Indexing {
	/**
	 * x · codes · scale + bias, where x is rounded to 8 bits in the run: codes int8 [in, out], scale fp32 [out], bias [out]. For
	 * fp32 on the CPU.
	 */
	linearInt8(x: Value, codes: Value, scale: Value, bias?: Value): Value {
		const [inner, out] = codes.shape;
		const fits =
			codes.shape.length === 2 && codes.dtype === "int8" && x.shape.at(-1) === inner && x.dtype === "float32";
		if (!fits || out === undefined || printShape(scale.shape) !== `[${out}]`) {
			return this.fail(
				"linearInt8",
				[x, codes, scale].map(({ dtype, shape }) => `${dtype} ${printShape(shape)}`).join(", "),
			);
		}
		const inputs = [x, codes, scale, undefined, bias].slice(0, bias ? 5 : 3);
		return this.one(
			"DynamicQuantizeMatMul",
			inputs,
			{ dtype: x.dtype, shape: x.shape.with(-1, out) },
			{},
			"com.microsoft",
		);
	}

	/**
	 * x · weightᵀ + bias, where the weight is codes of `bits` bits in blocks that share a scale: codes uint8 [out, blocks, block ·
	 * bits / 8], scale [out, blocks] of the type of x.
	 */
	linearNBits(
		x: Value,
		codes: Value,
		scale: Value,
		bias: Value | undefined,
		{ bits }: { readonly bits: 4 | 8 },
	): Value {
		const [out, blocks, bytes] = codes.shape;
		const inner = x.shape.at(-1);
		const block = bytes === undefined ? undefined : exactDiv(bytes, bits / 8);
		const whole = typeof inner === "number" && typeof block === "number" && Math.ceil(inner / block) === blocks;
		const fits =
			codes.shape.length === 3 &&
			codes.dtype === "uint8" &&
			printShape(scale.shape) === printShape([out ?? 0, blocks ?? 0]);
		if (!whole || !fits || out === undefined || scale.dtype !== x.dtype) {
			return this.fail(
				"linearNBits",
				[x, codes, scale].map(({ dtype, shape }) => `${dtype} ${printShape(shape)}`).join(", "),
			);
		}
		// Level 4 computes in 8 bits: ten times as fast on the CPU as what it does otherwise.
		const attributes = { K: inner, N: Number(out), bits, block_size: block, accuracy_level: 4 };
		const product = this.one(
			"MatMulNBits",
			[x, codes, scale],
			{ dtype: x.dtype, shape: x.shape.with(-1, out) },
			attributes,
			"com.microsoft",
		);
		return bias ? this.add(product, bias) : product;
	}
}
