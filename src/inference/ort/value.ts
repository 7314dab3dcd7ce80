import { koffi } from "../../media/native.ts";
import { DTYPES, type DType } from "../dtype.ts";
import { counted, given } from "./call.ts";
import { check } from "./failure.ts";
import type { Pointer } from "./functions.ts";
import type { Runtime } from "./runtime.ts";

const NAMES = new Map(Object.entries(DTYPES).map(([name, { onnx }]) => [onnx, name as DType]));

/** The type of elements that ONNX counts as `number`; `undefined` for texts and what else we do not compute with. */
function dtypeOf(number: number): DType | undefined {
	return NAMES.get(number);
}

/** A tensor of the runtime. Whoever made it closes it; its memory is freed when nobody holds it any more. */
export class Value {
	readonly runtime: Runtime;
	readonly pointer: Pointer;
	readonly #free: () => void;
	#holders = 0;
	#closed = false;
	#freed = false;

	/** @param free frees the memory, when nobody holds it any more. */
	constructor(runtime: Runtime, pointer: Pointer, free = () => runtime.functions.ReleaseValue(pointer)) {
		this.runtime = runtime;
		this.pointer = pointer;
		this.#free = free;
	}

	/** Memory for a tensor, not cleared. Throws `OrtFailure`. */
	static allocate(runtime: Runtime, allocator: Pointer, dtype: DType, dims: readonly number[]): Pointer {
		const shape = BigInt64Array.from(dims, BigInt);
		const type = DTYPES[dtype].onnx;
		return given(runtime, (out) => runtime.functions.CreateTensorAsOrtValue(allocator, shape, dims.length, type, out));
	}

	/** A tensor in memory that `whole` owns. Throws `OrtFailure`. */
	static over(
		runtime: Runtime,
		memory: Pointer,
		whole: Value,
		dtype: DType,
		dims: readonly number[],
		bytes: number,
	): Pointer {
		const shape = BigInt64Array.from(dims, BigInt);
		const { address } = whole;
		return given(runtime, (out) =>
			runtime.functions.CreateTensorWithDataAsOrtValue(
				memory,
				address,
				bytes,
				shape,
				dims.length,
				DTYPES[dtype].onnx,
				out,
			),
		);
	}

	/** Memory of the host for a call that runs aside. */
	static scratch(runtime: Runtime, dtype: DType, length: number): Value {
		return new Value(runtime, Value.allocate(runtime, runtime.allocator, dtype, [length]));
	}

	/** Whether it may still be used. */
	get open(): boolean {
		return !this.#closed;
	}

	/** Where the elements lie, on the host or on the device. */
	get address(): Pointer {
		return given(this.runtime, (out) => this.runtime.functions.GetTensorMutableData(this.pointer, out));
	}

	/** Looks through a window at elements that lie on the host. It has to be `shut` before they are freed. */
	window(bytes: number): ArrayBuffer {
		return bytes === 0 ? new ArrayBuffer(0) : koffi.view(this.address, bytes);
	}

	/** Writes bytes into memory of the host. */
	write(bytes: Uint8Array): void {
		const window = this.window(bytes.byteLength);
		new Uint8Array(window).set(bytes);
		shut(window);
	}

	/** Type and shape, as the runtime has them. */
	describe(): { dtype: DType | undefined; dims: number[] } {
		const { runtime, pointer } = this;
		const info = given(runtime, (out) => runtime.functions.GetTensorTypeAndShape(pointer, out));
		try {
			return readShape(runtime, info);
		} finally {
			runtime.functions.ReleaseTensorTypeAndShapeInfo(info);
		}
	}

	/** Keeps the memory while a run uses it. Give it back with `letGo`. */
	hold(): void {
		this.#holders++;
	}

	/** Ends a `hold`. */
	letGo(): void {
		this.#holders--;
		this.#release();
	}

	/** Frees the memory, now or when the last run that uses it has ended. */
	close(): void {
		this.#closed = true;
		this.#release();
	}

	#release(): void {
		if (!this.#closed || this.#holders > 0 || this.#freed) return;
		this.#freed = true;
		this.#free();
	}
}

/** Empties a window: V8 wants no two at the same address, and nobody may look at freed memory. */
export function shut(window: ArrayBufferLike): void {
	if (window.byteLength > 0) (window as ArrayBuffer).transfer();
}

/** Reads an `OrtTensorTypeAndShapeInfo`; lengths that are not known yet are -1. */
export function readShape(runtime: Runtime, info: Pointer): { dtype: DType | undefined; dims: number[] } {
	const { functions } = runtime;
	const type = counted(runtime, (out) => functions.GetTensorElementType(info, out));
	const rank = counted(runtime, (out) => functions.GetDimensionsCount(info, out));
	const dims = new BigInt64Array(rank);
	check(functions, functions.GetDimensions(info, dims, rank));
	return { dtype: dtypeOf(type), dims: Array.from(dims, Number) };
}
