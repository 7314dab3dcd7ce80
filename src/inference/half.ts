/**
 * Floating point numbers of 16 and 8 bits, as the bits that files and devices keep.
 *
 * fp16: IEEE 754-2008 binary16. bf16: the upper half of an fp32. fp8: E4M3 without infinities, Micikevicius et al. 2022,
 * "FP8 Formats for Deep Learning", arXiv 2209.05433, table 1.
 *
 * @module
 */
const scratch = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
	scratch.setFloat32(0, value);
	return scratch.getUint32(0);
}

function ofBits(bits: number): number {
	scratch.setUint32(0, bits);
	return scratch.getFloat32(0);
}

/** Divides by 2^`shift` and rounds to the nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
	const kept = value >>> shift;
	const rest = value & ((1 << shift) - 1);
	const tie = 1 << (shift - 1);
	return rest > tie || (rest === tie && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The fp16 nearest to `value`, as its 16 bits; ties go to even, what is too large becomes infinite. */
export function toHalf(value: number): number {
	const bits = bitsOf(value);
	const sign = (bits >>> 16) & 0x8000;
	const magnitude = bits & 0x7fffffff;
	if (magnitude > 0x7f800000) return sign | 0x7e00;
	if (magnitude >= 0x47800000) return sign | 0x7c00;
	if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
	const exponent = magnitude >>> 23;
	if (exponent < 102) return sign;
	return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** The number that the 16 bits of an fp16 stand for. */
export function fromHalf(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >>> 10) & 31;
	const fraction = bits & 1023;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bf16 nearest to `value`, as its 16 bits; ties go to even. */
export function toBrain(value: number): number {
	const bits = bitsOf(value);
	if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
	return Math.floor((bits + 0x7fff + ((bits >>> 16) & 1)) / 0x10000);
}

/** The number that the 16 bits of a bf16 stand for. */
export function fromBrain(bits: number): number {
	return ofBits((bits << 16) >>> 0);
}

/** The number that the 8 bits of an E4M3FN stand for: at most 448, 0x7f and 0xff are not numbers. */
export function fromFloat8(bits: number): number {
	const sign = bits & 0x80 ? -1 : 1;
	const exponent = (bits >>> 3) & 15;
	const fraction = bits & 7;
	if (exponent === 15 && fraction === 7) return Number.NaN;
	return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (8 + fraction) * 2 ** (exponent - 10);
}
