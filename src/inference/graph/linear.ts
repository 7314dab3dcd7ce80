import { broadcast } from "./broadcast.ts";
import type { Dim } from "./dims.ts";
import { Layout } from "./layout.ts";
import { type Operand, printShape, type Value } from "./value.ts";

/** What `gemm` computes with its operands. */
export interface GemmOptions {
	/** Whether `a` is given transposed. */
	readonly transA?: boolean;
	/** Whether `b` is given transposed. */
	readonly transB?: boolean;
	/** Factor of the product; 1 unless given. */
	readonly alpha?: number;
	/** Factor of `c`; 1 unless given. */
	readonly beta?: number;
}

/** Products of matrices. */
export class Linear extends Layout {
	/** The product of the last two axes, [..., m, k] · [..., k, n]; the axes before broadcast. */
	matmul(a: Value, b: Value): Value {
		const rows = a.shape.at(-2);
		const columns = b.shape.at(-1);
		const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
		const fits = a.shape.at(-1) === b.shape.at(-2) && a.dtype === b.dtype;
		if (rows === undefined || columns === undefined || b.shape.length < 2 || !batch || !fits) {
			return this.fail(
				"MatMul",
				`${a.dtype} ${printShape(a.shape)} and ${b.dtype} ${printShape(b.shape)} do not multiply`,
			);
		}
		return this.one("MatMul", [a, b], { dtype: a.dtype, shape: [...batch, rows, columns] });
	}

	/** alpha · a · b + beta · c for matrices, either given transposed; c broadcasts. */
	gemm(a: Value, b: Value, c?: Value, { transA, transB, alpha = 1, beta = 1 }: GemmOptions = {}): Value {
		const [m, k] = transA ? a.shape.toReversed() : a.shape;
		const [inner, n] = transB ? b.shape.toReversed() : b.shape;
		if (a.shape.length !== 2 || b.shape.length !== 2 || m === undefined || n === undefined || k !== inner) {
			const marks = [transA ? "ᵀ" : "", transB ? "ᵀ" : ""];
			return this.fail(
				"Gemm",
				`${printShape(a.shape)}${marks[0]} and ${printShape(b.shape)}${marks[1]} do not multiply`,
			);
		}
		const types = new Set([a.dtype, b.dtype, c?.dtype ?? a.dtype]);
		if (types.size > 1) this.fail("Gemm", `its operands are of the types ${[...types].join(" and ")}`);
		const shape = [m, n];
		if (c && printShape(broadcast(c.shape, shape) ?? []) !== printShape(shape)) {
			this.fail("Gemm", `${printShape(c.shape)} cannot be added to ${printShape(shape)}`);
		}
		const attributes = {
			...(transA ? { transA: 1 } : {}),
			...(transB ? { transB: 1 } : {}),
			...(alpha === 1 ? {} : { alpha: { float: alpha } }),
			...(beta === 1 ? {} : { beta: { float: beta } }),
		};
		return this.one("Gemm", c ? [a, b, c] : [a, b], { dtype: a.dtype, shape }, attributes);
	}

	/**
	 * x · weightᵀ + bias over the last axis of x, with PyTorch's layout: `weight` [out, in], `bias` [out]. The weight is used
	 * as it lies in its file. Any axes may stand before the last.
	 */
	linear(x: Value, weight: Value, bias?: Value): Value {
		const [out, inner] = weight.shape;
		const last = x.shape.at(-1);
		if (weight.shape.length !== 2 || out === undefined || last !== inner || x.dtype !== weight.dtype) {
			return this.fail(
				"linear",
				`${x.dtype} ${printShape(x.shape)} and a weight of ${weight.dtype} ${printShape(weight.shape)} do not multiply`,
			);
		}
		if (x.shape.length === 2) return this.gemm(x, weight, bias, { transB: true });
		if (typeof out === "string" || typeof last === "string") {
			const product = this.matmul(x, this.transpose(weight, [1, 0]));
			return bias ? this.add(product, bias) : product;
		}
		const flat = this.gemm(this.reshape(x, [-1, last as Dim]), weight, bias, { transB: true });
		return this.reshape(flat, x.shape.with(-1, out));
	}

	/** x · (1 + scale) + shift: how diffusion transformers let time modulate. Peebles and Xie 2022, arXiv 2212.09748, §3.2. */
	modulate(x: Value, shift: Value, scale: Value): Value {
		return this.add(this.mul(x, this.add(scale, 1)), shift);
	}

	/** a + (b − a) · t. */
	lerp(a: Value, b: Value, t: Operand): Value {
		return this.add(a, this.mul(this.sub(b, a), t));
	}
}
