import type { Opened } from "../cache/kv-cache.ts";

/** Keys are brought to a multiple of this many by the kernel that Scope's attention bias runs through. */
const BLOCK = 128;

/**
 * How many keys of nothing take part in attention where queries and keys are brought to whole blocks of 128 and the rest is
 * not masked: Scope's attention with a bias, and its VACE.
 */
export function zeroKeys(queries: number, keys: number): number {
	return BLOCK * Math.ceil(Math.max(queries, keys) / BLOCK) - keys;
}

/** What keys are given besides their scores. */
export interface Fade {
	/** What the score of faded keys is raised by: ln of the attention bias. */
	readonly amount: number;
	/** Keys of nothing that take part. */
	readonly zeros: number;
}

/** A score that is as good as none; it fits into fp16. */
const NONE = -60000;

/**
 * The bias of each row of a cache: 0 for what is attended to, `amount` for what is faded, ln(zeros) for the row of zeros at
 * the end, and next to nothing for the others. One key with a bias of ln(n) is n keys.
 */
export function keyBias(
	{ rows, attended, faded, blank, lacks }: Opened,
	tokens: number,
	{ amount, zeros: padding }: Fade,
): Float32Array {
	const keys = attended.length * tokens;
	const zeros = padding + blank * tokens + Math.min(lacks * tokens, zeroKeys(keys, keys));
	const bias = new Float32Array(rows).fill(NONE);
	for (const place of attended) bias.fill(0, place * tokens, (place + 1) * tokens);
	for (const place of faded) bias.fill(amount, place * tokens, (place + 1) * tokens);
	if (zeros > 0) bias[rows - 1] = Math.log(zeros);
	return bias;
}
