import { DTYPES, type DType } from "../dtype.ts";
import { toBrain, toHalf } from "../half.ts";

const WRITERS: Readonly<Record<Exclude<DType, "float8e4m3fn">, (to: DataView, at: number, value: number) => void>> = {
	float32: (to, at, value) => to.setFloat32(at, value, true),
	float16: (to, at, value) => to.setUint16(at, toHalf(value), true),
	bfloat16: (to, at, value) => to.setUint16(at, toBrain(value), true),
	float64: (to, at, value) => to.setFloat64(at, value, true),
	int64: (to, at, value) => to.setBigInt64(at, BigInt(value), true),
	int32: (to, at, value) => to.setInt32(at, value, true),
	int8: (to, at, value) => to.setInt8(at, value),
	uint8: (to, at, value) => to.setUint8(at, value),
	uint16: (to, at, value) => to.setUint16(at, value, true),
	bool: (to, at, value) => to.setUint8(at, value ? 1 : 0),
};

/**
 * Elements as they lie in memory. Numbers are rounded to the type; a typed array is taken as it is, bit for bit, when its
 * elements are of the type's size, and otherwise as numbers.
 *
 * Throws `TypeError` when there are not as many elements as `count`.
 */
export function bytesOf(dtype: DType, count: number, data: ArrayLike<number> | ArrayBufferView): Uint8Array {
	const { bytes: size } = DTYPES[dtype];
	if (ArrayBuffer.isView(data) && !(data instanceof Float32Array && dtype !== "float32")) {
		const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
		if (raw.length === count * size) return raw.slice();
		if (!("length" in data)) throw new TypeError(`${raw.length} bytes are not ${count} elements of ${dtype}`);
	}
	const numbers = data as ArrayLike<number>;
	if (numbers.length !== count) throw new TypeError(`${numbers.length} elements where ${count} are needed`);
	if (dtype === "float8e4m3fn") throw new TypeError("a constant of float8e4m3fn is given as its bytes");
	const view = new DataView(new ArrayBuffer(count * size));
	for (let i = 0; i < count; i++) WRITERS[dtype](view, i * size, Number(numbers[i]));
	return new Uint8Array(view.buffer);
}
