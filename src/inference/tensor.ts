import { MutoscopeError } from "../base/errors.ts";
import { DTYPES, type DType } from "./dtype.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { shut, type Value } from "./ort/value.ts";

const values = new WeakMap<Tensor, Value>();

/**
 * Numbers in memory of the runtime. Made by an `Engine`, or by a run; whoever got it disposes of it.
 *
 * The garbage collector never frees it, so that a run may read it however JavaScript holds it. A tensor that is disposed of
 * during a run is freed after it.
 */
export class Tensor implements Disposable {
	readonly dtype: DType;
	readonly dims: readonly number[];
	/** `device`: where the provider computes; its elements cannot be seen, only copied (`Engine.copy`). */
	readonly place: "host" | "device";
	readonly #of: Tensor | undefined;
	#elements: Elements | undefined;

	/** For `Engine` and `Model`. @param of the tensor that it lies in, if it is a view. */
	constructor(value: Value, dtype: DType, dims: readonly number[], place: "host" | "device", of?: Tensor) {
		this.dtype = dtype;
		this.dims = dims;
		this.place = place;
		this.#of = of;
		values.set(this, value);
	}

	/** How many elements. */
	get length(): number {
		return this.dims.reduce((product, length) => product * length, 1);
	}

	/** How many bytes. */
	get bytes(): number {
		return this.length * DTYPES[this.dtype].bytes;
	}

	/**
	 * The elements themselves, no copy: what is written is what a run reads. Floats of 16 and 8 bits are their bits.
	 *
	 * Empty once the tensor is disposed of. Throws `inference/tensor` for one on a device.
	 */
	get data(): Elements {
		if (this.#elements) return this.#elements;
		const value = nativeOf(this);
		if (this.place === "device")
			throw new MutoscopeError("inference/tensor", {
				tensor: describe(this),
				reason: "it lies on a device: copy it to a tensor of the host",
			});
		// V8 takes no two windows at one address.
		this.#elements = this.#of?.data.subarray(0, this.length) ?? elementsOf(this.dtype, value.window(this.bytes));
		return this.#elements;
	}

	/** Frees the memory, after the runs that use it. */
	dispose(): void {
		const value = values.get(this);
		if (!value?.open) return;
		// Views of freed memory would read whatever comes next: those that were given out become empty.
		if (this.#elements && !this.#of) shut(this.#elements.buffer);
		value.close();
	}

	[Symbol.dispose](): void {
		this.dispose();
	}
}

/** The runtime's side of a tensor. Throws `inference/tensor` once it is disposed of. */
export function nativeOf(tensor: Tensor): Value {
	const value = values.get(tensor);
	if (value?.open) return value;
	throw new MutoscopeError("inference/tensor", { tensor: describe(tensor), reason: "it has been disposed of" });
}

/** Whether a tensor has not been disposed of. */
export function isOpen(tensor: Tensor): boolean {
	return values.get(tensor)?.open ?? false;
}

/** `float32[1,4,64]`, as it stands in errors. */
export function describe({ dtype, dims }: { dtype: DType; dims: readonly (number | string)[] }): string {
	return `${dtype}[${dims.join(",")}]`;
}
