import type { DType } from "./dtype.ts";
import { toBrain, toHalf } from "./half.ts";

/** Elements in memory. Floats of 16 and 8 bits are seen as their bits, `bool` as 0 and 1. */
export type Elements = Float32Array | Float64Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

const ARRAYS = {
	float32: Float32Array,
	float16: Uint16Array,
	bfloat16: Uint16Array,
	float64: Float64Array,
	float8e4m3fn: Uint8Array,
	int64: BigInt64Array,
	int32: Int32Array,
	int8: Int8Array,
	uint8: Uint8Array,
	uint16: Uint16Array,
	bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Sees memory as elements of a type. */
export function elementsOf(dtype: DType, memory: ArrayBuffer): Elements {
	return new ARRAYS[dtype](memory);
}

/**
 * Writes numbers into elements. Numbers are rounded to what the type can hold; an array of the type's own kind is taken as
 * it is (`Uint16Array` for 16-bit floats: bits), and so is a `Uint8Array` of the exact size in bytes.
 *
 * Returns whether the lengths agree.
 */
export function fill(dtype: DType, into: Elements, data: ArrayLike<number> | ArrayBufferView): boolean {
	if (data instanceof ARRAYS[dtype]) {
		if (data.length !== into.length) return false;
		into.set(data as never);
		return true;
	}
	const raw = data instanceof Uint8Array || data instanceof DataView;
	if (raw && data.byteLength === into.byteLength) {
		new Uint8Array(into.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
		return true;
	}
	const numbers = data as ArrayLike<number | bigint>;
	if (numbers.length !== into.length) return false;
	const convert = CONVERSIONS[dtype];
	if (into instanceof BigInt64Array) for (let i = 0; i < into.length; i++) into[i] = BigInt(numbers[i] ?? 0);
	else if (convert) for (let i = 0; i < into.length; i++) into[i] = convert(Number(numbers[i]));
	else into.set(numbers as ArrayLike<number>);
	return true;
}

const CONVERSIONS: Partial<Record<DType, (value: number) => number>> = {
	float16: toHalf,
	bfloat16: toBrain,
	bool: (value) => (value ? 1 : 0),
};
