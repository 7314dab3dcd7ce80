/**
 * The generator behind the JSON vectors: inputs and weights from nothing but their names, so that a vector needs no
 * weight file. A linear congruential generator (Numerical Recipes' constants) seeded with the FNV-1a hash of the name.
 *
 * @module
 */

/** FNV-1a, 32 bits, of the UTF-8 of a text (Fowler, Noll, Vo; RFC 9923). */
export function fnv1a(text: string): number {
	let hash = 0x811c9dc5;
	for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
	return hash >>> 0;
}

/** `length` values in [-0.5, 0.5), the stream that belongs to `key`. In fp64, exact. */
export function generate(key: string, length: number): Float64Array {
	const values = new Float64Array(length);
	let state = fnv1a(key);
	for (let i = 0; i < length; i++) {
		state = (Math.imul(1664525, state) + 1013904223) >>> 0;
		values[i] = (state >>> 8) / 2 ** 24 - 0.5;
	}
	return values;
}

/** The input tensor of a name: unit variance, fp32. */
export function input(name: string, shape: readonly number[]): Float32Array {
	return scaled(`input:${name}`, shape, Math.sqrt(12), 0);
}

/** The weight of a name and shape, fp32: scaled by what its name says it is. */
export function weight(name: string, shape: readonly number[]): Float32Array {
	const last = name.slice(name.lastIndexOf(".") + 1);
	if (last === "gamma" || (shape.length === 1 && name.includes("norm") && last === "weight")) {
		return scaled(name, shape, 0.2, 1);
	}
	if (last === "bias") return scaled(name, shape, 0.2, 0);
	if (last === "modulation") return scaled(name, shape, 0.4, 0);
	if (name === "token_embedding.weight") return scaled(name, shape, 2, 0);
	if (name.endsWith("pos_embedding.embedding.weight")) return scaled(name, shape, 1, 0);
	const fan = shape.slice(1).reduce((product, size) => product * size, 1);
	return scaled(name, shape, Math.sqrt(12 / fan), 0);
}

function scaled(key: string, shape: readonly number[], scale: number, offset: number): Float32Array {
	const values = generate(
		key,
		shape.reduce((product, size) => product * size, 1),
	);
	// `Float32Array.from` would take most of a test's time.
	const result = new Float32Array(values.length);
	for (let i = 0; i < result.length; i++) result[i] = (values[i] as number) * scale + offset;
	return result;
}
