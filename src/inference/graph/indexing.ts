import { Reductions } from "./reductions.ts";
import { printShape, type Value } from "./value.ts";

/** What reads and writes at places that are computed. Indices are int64. */
export class Indexing extends Reductions {
	/** The slices of `x` along an axis at `indices`: the axis is replaced by the axes of `indices`. */
	gather(x: Value, indices: Value, axis: number): Value {
		const at = this.axis("Gather", x, axis);
		this.#whole("Gather", indices);
		const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
		return this.one("Gather", [x, indices], { dtype: x.dtype, shape }, { axis: at });
	}

	/** `x` with `updates` written at `indices` [..., k], each of which names a place in the first k axes. */
	scatterND(x: Value, indices: Value, updates: Value): Value {
		this.#whole("ScatterND", indices);
		const depth = indices.shape.at(-1);
		const wanted = typeof depth === "number" ? [...indices.shape.slice(0, -1), ...x.shape.slice(depth)] : [];
		const fits = printShape(wanted) === printShape(updates.shape) && updates.dtype === x.dtype;
		if (typeof depth !== "number" || depth > x.shape.length || !fits) {
			this.fail("ScatterND", [x, indices, updates].map(({ shape }) => printShape(shape)).join(", "));
		}
		return this.one("ScatterND", [x, indices, updates], x);
	}

	/**
	 * `cache` with `update` written along an axis, from place `index` (int64 [batch], 0 unless given) on; past the end it goes on
	 * at the beginning if `circular`. Bound to the buffer of its input, it writes in place.
	 */
	tensorScatter(
		cache: Value,
		update: Value,
		index: Value | undefined,
		{ axis, circular = false }: { axis: number; circular?: boolean },
	): Value {
		const at = this.axis("TensorScatter", cache, axis);
		const fits = update.shape.length === cache.shape.length && update.dtype === cache.dtype && at > 0;
		if (!fits || !update.shape.every((dim, i) => i === at || dim === cache.shape[i])) {
			this.fail("TensorScatter", `${printShape(update.shape)} into ${printShape(cache.shape)} along axis ${axis}`);
		}
		if (index) {
			this.#whole("TensorScatter", index);
			if (printShape(index.shape) !== printShape(cache.shape.slice(0, 1))) {
				this.fail("TensorScatter", `the index is ${printShape(index.shape)}, the cache ${printShape(cache.shape)}`);
			}
		}
		const inputs = index ? [cache, update, index] : [cache, update];
		return this.one("TensorScatter", inputs, cache, { axis: at, mode: circular ? "circular" : "linear" });
	}

	#whole(op: string, { dtype, shape }: Value): void {
		if (dtype !== "int64" && dtype !== "int32") this.fail(op, `its indices are ${dtype} ${printShape(shape)}`);
	}
}
