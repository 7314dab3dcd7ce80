import type { Dim } from "./dims.ts";
import { Picture } from "./picture.ts";
import { printShape, type Value } from "./value.ts";

/** What makes less of an axis, or counts along it. */
export class Reductions extends Picture {
	/** The mean over these axes, which stay with length 1 if `keep`. */
	reduceMean(x: Value, axes: readonly number[], keep = false): Value {
		return this.#reduce("ReduceMean", x, axes, keep);
	}

	/** The sum over these axes, which stay with length 1 if `keep`. */
	reduceSum(x: Value, axes: readonly number[], keep = false): Value {
		return this.#reduce("ReduceSum", x, axes, keep);
	}

	/** The largest over these axes, which stay with length 1 if `keep`. */
	reduceMax(x: Value, axes: readonly number[], keep = false): Value {
		return this.#reduce("ReduceMax", x, axes, keep);
	}

	/** The smallest over these axes, which stay with length 1 if `keep`. */
	reduceMin(x: Value, axes: readonly number[], keep = false): Value {
		return this.#reduce("ReduceMin", x, axes, keep);
	}

	/** Where the largest is along an axis, as int64; the first of equals. */
	argMax(x: Value, axis: number, keep = false): Value {
		const at = this.axis("ArgMax", x, axis);
		const shape = this.#without(x, [at], keep);
		return this.one("ArgMax", [x], { dtype: "int64", shape }, { axis: at, keepdims: keep ? 1 : 0 });
	}

	/** The `count` largest along an axis, or smallest, in order, and where they were (int64). */
	topK(x: Value, count: number, axis: number, largest = true): { values: Value; indices: Value } {
		const at = this.axis("TopK", x, axis);
		const length = x.shape[at] as Dim;
		if (typeof length === "number" && count > length) this.fail("TopK", `${count} of ${printShape(x.shape)}`);
		const shape = x.shape.with(at, count);
		const [values, indices] = this.node(
			"TopK",
			[x, this.dims([count])],
			[
				{ dtype: x.dtype, shape },
				{ dtype: "int64", shape },
			],
			{ axis: at, largest: largest ? 1 : 0, sorted: 1 },
		) as [Value, Value];
		return { values, indices };
	}

	/** Sums up to and with each place of an axis. */
	cumSum(x: Value, axis: number): Value {
		const at = this.axis("CumSum", x, axis);
		return this.one("CumSum", [x, this.scalar(at, "int64")], x);
	}

	#reduce(op: string, x: Value, axes: readonly number[], keep: boolean): Value {
		const places = axes.map((axis) => this.axis(op, x, axis));
		const shape = this.#without(x, places, keep);
		return this.one(op, [x, this.dims(places)], { dtype: x.dtype, shape }, { keepdims: keep ? 1 : 0 });
	}

	#without({ shape }: Value, axes: readonly number[], keep: boolean): Dim[] {
		return shape.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]));
	}
}
