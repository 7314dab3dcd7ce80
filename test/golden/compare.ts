import type { Stored } from "./safetensors.ts";

/** One output, compared: it is right if `maxAbs <= limit`, which NaN never is. */
export interface Compared {
	/** Which output: the stored tensor's name, with what was done to get it where that is not plain. */
	readonly output: string;
	/** The largest difference of an element; NaN if any element is NaN on one side only. */
	readonly maxAbs: number;
	/** The largest difference allowed. */
	readonly limit: number;
	/** Root mean square of the differences, in parts of that of the expected elements. */
	readonly rms?: number;
}

/** Values to compare: ours, or a stored tensor. */
type Values = ArrayLike<number> | ArrayLike<bigint> | Stored;

/** How `compare` measures. */
export interface CompareOptions {
	/** `each`: differences count in parts of the expected element. `peak`: `limit` is in parts of the largest one. */
	readonly relative?: "each" | "peak";
}

/** Compares two arrays of the same length, element by element. @throws if the lengths differ. */
export function compare(
	output: string,
	actual: Values,
	expected: Values,
	limit: number,
	{ relative }: CompareOptions = {},
): Compared {
	const ours = elements(actual);
	const theirs = elements(expected);
	if (ours.length !== theirs.length) {
		throw new Error(`${output}: we have ${ours.length} elements, the golden tensor has ${theirs.length}`);
	}
	let maxAbs = 0;
	let peak = 0;
	let [off, whole] = [0, 0];
	for (let i = 0; i < theirs.length; i++) {
		const a = Number(ours[i]);
		const b = Number(theirs[i]);
		peak = Math.max(peak, Math.abs(b));
		whole += b * b;
		if (a === b || Object.is(a, b)) continue;
		off += (a - b) ** 2;
		maxAbs = Math.max(maxAbs, relative === "each" ? Math.abs(a - b) / Math.abs(b) : Math.abs(a - b));
	}
	return { output, maxAbs, limit: relative === "peak" ? limit * peak : limit, rms: Math.sqrt(off / (whole || 1)) };
}

/** Compares two numbers, or two truths, exactly: nothing but the same value is right. */
export function same(output: string, actual: number | bigint | boolean, expected: number | bigint | boolean): Compared {
	const equal = Number(actual) === Number(expected);
	return { output, maxAbs: equal ? 0 : Math.abs(Number(actual) - Number(expected)), limit: 0 };
}

/** Whether an output is within its limit. */
export function isRight({ maxAbs, limit }: Compared): boolean {
	return maxAbs <= limit;
}

function elements(values: Values): ArrayLike<number | bigint> {
	return "dtype" in values ? values.data : values;
}
