const ROUNDS = 10;
const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_C = 0xcd9e8d57;
const WEYL_K = 0x9e3779b9;
const WEYL_L = 0xbb67ae85;

/**
 * Philox4x32-10, a generator without a state: four random words of 32 bits for each counter, of which there are 2^128
 * for each key.
 *
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3; the numbers are those of Random123.
 *
 * @param words the counter, four words; replaced by the random words, because this runs a hundred thousand times a draw.
 * @param key two words.
 */
export function philox(words: Uint32Array, key: readonly [number, number]): void {
	let a = words[0] as number;
	let b = words[1] as number;
	let c = words[2] as number;
	let d = words[3] as number;
	let [k, l] = key;
	for (let round = 0; round < ROUNDS; round++) {
		const high = multiplyHigh(MULTIPLIER_A, a);
		const low = Math.imul(MULTIPLIER_A, a);
		a = multiplyHigh(MULTIPLIER_C, c) ^ b ^ k;
		b = Math.imul(MULTIPLIER_C, c);
		c = high ^ d ^ l;
		d = low;
		k = (k + WEYL_K) | 0;
		l = (l + WEYL_L) | 0;
	}
	words[0] = a;
	words[1] = b;
	words[2] = c;
	words[3] = d;
}

/** The upper 32 bits of the product of two words, as a signed number. */
function multiplyHigh(a: number, b: number): number {
	const lowA = a & 0xffff;
	const highA = a >>> 16;
	const lowB = b & 0xffff;
	const highB = b >>> 16;
	const middle = (Math.imul(highA, lowB) + (Math.imul(lowA, lowB) >>> 16)) | 0;
	const carry = (Math.imul(lowA, highB) + (middle & 0xffff)) | 0;
	return (Math.imul(highA, highB) + (middle >>> 16) + (carry >>> 16)) | 0;
}
