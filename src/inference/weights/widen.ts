import { DTYPES, type DType } from "../dtype.ts";
import { fromBrain, fromFloat8, fromHalf } from "../half.ts";

const READERS: Readonly<Record<DType, (from: DataView, at: number) => number>> = {
	float32: (from, at) => from.getFloat32(4 * at, true),
	float16: (from, at) => fromHalf(from.getUint16(2 * at, true)),
	bfloat16: (from, at) => fromBrain(from.getUint16(2 * at, true)),
	float64: (from, at) => from.getFloat64(8 * at, true),
	float8e4m3fn: (from, at) => fromFloat8(from.getUint8(at)),
	int64: (from, at) => Number(from.getBigInt64(8 * at, true)),
	int32: (from, at) => from.getInt32(4 * at, true),
	int8: (from, at) => from.getInt8(at),
	uint8: (from, at) => from.getUint8(at),
	uint16: (from, at) => from.getUint16(2 * at, true),
	bool: (from, at) => (from.getUint8(at) === 0 ? 0 : 1),
};

/** The first `count` elements of any type, as fp32. */
export function widen(dtype: DType, bytes: Uint8Array, count: number): Float32Array<ArrayBuffer> {
	if (dtype === "float32" || dtype === "bfloat16") return wide(bytes.slice(0, DTYPES[dtype].bytes * count), count);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const read = READERS[dtype];
	return Float32Array.from({ length: count }, (_, i) => read(view, i));
}

/** fp32, or the upper halves of fp32, which are most of what there is: not one by one. */
function wide({ buffer }: Uint8Array<ArrayBuffer>, count: number): Float32Array<ArrayBuffer> {
	if (buffer.byteLength === 4 * count) return new Float32Array(buffer);
	const halves = new Uint16Array(buffer);
	const bits = new Uint32Array(count);
	for (let i = 0; i < count; i++) bits[i] = (halves[i] as number) << 16;
	return new Float32Array(bits.buffer);
}
