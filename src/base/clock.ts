/**
 * Seconds on a clock that never jumps. All processes of one machine share it, so that a time taken in one can be
 * compared in another.
 */
export type Clock = () => number;

/** The nearest-rank percentile of `values`, `share` from 0 to 1; `undefined` of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
