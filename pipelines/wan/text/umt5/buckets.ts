/** Distances up to here have a bucket each, in either direction. */
const EXACT = 8;
/** Buckets of one direction. */
const HALF = 16;
/** From here on all distances share the last bucket. */
const FAR = 128;

/**
 * The bucket of a relative position, key minus query, among 32 (Raffel et al. 2020, arXiv 1910.10683): the near ones exactly,
 * the far ones by their logarithm, those after the query in the upper half.
 */
export function bucketOf(relative: number): number {
	const distance = Math.abs(relative);
	const step = (Math.log(distance / EXACT) / Math.log(FAR / EXACT)) * (HALF - EXACT);
	// The logarithm of a power of two may fall a hair below a whole number.
	const far = EXACT + Math.floor(step + 1e-9);
	return (relative > 0 ? HALF : 0) + (distance < EXACT ? distance : Math.min(HALF - 1, far));
}

/** The buckets of all keys for all queries: int64 [length, length], queries first. */
export function buckets(length: number): BigInt64Array {
	const of = BigInt64Array.from({ length: 2 * length - 1 }, (_, i) => BigInt(bucketOf(i - length + 1)));
	const table = new BigInt64Array(length * length);
	for (let query = 0; query < length; query++) {
		table.set(of.subarray(length - 1 - query, 2 * length - 1 - query), query * length);
	}
	return table;
}
