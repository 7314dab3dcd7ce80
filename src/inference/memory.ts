import { MutoscopeError, reasonOf } from "../base/errors.ts";
import { DTYPES, type DType } from "./dtype.ts";
import { fill } from "./elements.ts";
import { OrtFailure } from "./ort/failure.ts";
import type { Pointer } from "./ort/functions.ts";
import type { Runtime } from "./ort/runtime.ts";
import { Value } from "./ort/value.ts";
import { describe, nativeOf, Tensor } from "./tensor.ts";

/** The tensors of an engine. What nobody disposed of is freed with it. */
export class Memory implements Disposable {
	readonly #runtime: Runtime;
	readonly #live = new Set<Tensor>();
	readonly #free: (pointer: Pointer, place: Tensor["place"]) => void;
	#closed = false;

	/** @param free frees the memory of a tensor that nobody uses. */
	constructor(runtime: Runtime, free: (pointer: Pointer, place: Tensor["place"]) => void) {
		this.#runtime = runtime;
		this.#free = free;
	}

	/** How many tensors are not freed, and their bytes. */
	get used(): { tensors: number; bytes: number } {
		return { tensors: this.#live.size, bytes: this.#live.values().reduce((sum, { bytes }) => sum + bytes, 0) };
	}

	/** A tensor of the host, filled with `data` or zeros. Throws `inference/tensor` and `inference/memory`. */
	host(dtype: DType, dims: readonly number[], data?: ArrayLike<number> | ArrayBufferView): Tensor {
		const tensor = this.allocate(this.#runtime.allocator, "host", dtype, dims);
		const elements = tensor.data;
		if (!data) new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength).fill(0);
		else if (!fill(dtype, elements, data)) {
			const given = "length" in data ? data.length : data.byteLength;
			const reason = `it has ${elements.length} elements, and ${given} were given`;
			tensor.dispose();
			throw new MutoscopeError("inference/tensor", { tensor: describe({ dtype, dims }), reason });
		}
		return tensor;
	}

	/** A tensor of an allocator's memory, not cleared. Throws `inference/tensor` and `inference/memory`. */
	allocate(allocator: Pointer, place: Tensor["place"], dtype: DType, dims: readonly number[]): Tensor {
		if (this.#closed) throw new MutoscopeError("inference/closed", { what: "The engine" });
		const tensor = describe({ dtype, dims });
		if (!dims.every((length) => Number.isSafeInteger(length) && length >= 0))
			throw new MutoscopeError("inference/tensor", { tensor, reason: "its lengths are no whole numbers" });
		try {
			return this.#own(Value.allocate(this.#runtime, allocator, dtype, dims), dtype, dims, place);
		} catch (error) {
			const code = error instanceof OrtFailure && error.memory ? "inference/memory" : "inference/tensor";
			const reason = reasonOf(error);
			throw new MutoscopeError(code, { tensor, model: "a tensor", inputs: tensor, reason }, { cause: error });
		}
	}

	/**
	 * The first elements of a tensor as a tensor of another shape, in the same memory, which is freed when neither is used.
	 * Throws `inference/tensor` where it does not hold as many.
	 */
	view(of: Tensor, memory: Pointer, dims: readonly number[]): Tensor {
		const whole = nativeOf(of);
		const bytes = dims.reduce((a, b) => a * b, DTYPES[of.dtype].bytes);
		const tensor = describe({ dtype: of.dtype, dims });
		if (bytes > of.bytes)
			throw new MutoscopeError("inference/tensor", { tensor, reason: `${describe(of)} is smaller` });
		const pointer = Value.over(this.#runtime, memory, whole, of.dtype, dims, bytes);
		whole.hold();
		return this.#own(pointer, of.dtype, dims, of.place, of);
	}

	/** Takes a value that a run has made. */
	adopt(pointer: Pointer, place: Tensor["place"]): Tensor {
		const { dtype, dims } = new Value(this.#runtime, pointer).describe();
		if (!dtype) throw new TypeError("the elements are no numbers");
		return this.#own(pointer, dtype, dims, place);
	}

	#own(pointer: Pointer, dtype: DType, dims: readonly number[], place: Tensor["place"], of?: Tensor): Tensor {
		const whole = of && nativeOf(of);
		const value = new Value(this.#runtime, pointer, () => {
			this.#live.delete(tensor);
			this.#free(pointer, place);
			whole?.letGo();
		});
		const tensor = new Tensor(value, dtype, [...dims], place, of);
		this.#live.add(tensor);
		return tensor;
	}

	/** Disposes of every tensor. */
	[Symbol.dispose](): void {
		this.#closed = true;
		for (const tensor of this.#live) tensor.dispose();
	}
}
