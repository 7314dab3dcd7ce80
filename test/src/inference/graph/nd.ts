/** A small array with axes, for reference results in plain loops. */
export interface Nd {
	readonly shape: readonly number[];
	readonly data: readonly number[];
}

/** The product of some lengths. */
function count(shape: readonly number[]): number {
	return shape.reduce((a, b) => a * b, 1);
}

/** An array whose elements are computed from their places. */
export function make(shape: readonly number[], at: (index: readonly number[]) => number): Nd {
	const data = Array.from({ length: count(shape) }, (_, flat) => {
		const index: number[] = [];
		let rest = flat;
		for (const length of shape.toReversed()) {
			index.unshift(rest % length);
			rest = Math.floor(rest / length);
		}
		return at(index);
	});
	return { shape, data };
}

/** An element; axes of length 1 stretch, axes that are missing in front are looked past. */
export function at({ shape, data }: Nd, index: readonly number[]): number {
	const own = index.slice(index.length - shape.length);
	const flat = shape.reduce((place, length, axis) => place * length + (length === 1 ? 0 : (own[axis] as number)), 0);
	return data[flat] as number;
}

/** Numbers between −2 and 2 that look random and are always the same. */
export function noise(shape: readonly number[], seed = 1): Nd {
	let state = (seed * 2654435761) % 2 ** 32;
	return make(shape, () => {
		state = (state * 1664525 + 1013904223) % 2 ** 32;
		return (state / 2 ** 32) * 4 - 2;
	});
}

/** 0, 1, 2 … in this shape. */
export function counted(shape: readonly number[]): Nd {
	return { shape, data: Array.from({ length: count(shape) }, (_, i) => i) };
}

/** The same elements in another shape. */
export function reshaped({ data }: Nd, shape: readonly number[]): Nd {
	return { shape, data };
}

/** The mean over the last axis of a function of its elements, at every place of it. */
export function rows(x: Nd, of: (row: readonly number[], i: number) => number): Nd {
	const width = x.shape.at(-1) as number;
	return {
		shape: x.shape,
		data: x.data.map((_, flat) => {
			const from = flat - (flat % width);
			return of(x.data.slice(from, from + width), flat % width);
		}),
	};
}

/** The sum of a function of 0 … n − 1. */
export function sum(n: number, of: (i: number) => number): number {
	let total = 0;
	for (let i = 0; i < n; i++) total += of(i);
	return total;
}
