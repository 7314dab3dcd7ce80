import type { Grey } from "./motion.ts";

/** Less than that is what moves by. */
const LEAST = 0.35;

/** Whether the figure grows and shrinks. Give it a whole period. */
export function isPulse(frames: readonly Grey[]): boolean {
	return pulseOf(frames) > LEAST;
}

/**
 * How much the figure grows and shrinks: the range of the pictures' means over the mean contrast (deviation) of one. What
 * moves without growing keeps its mean.
 */
function pulseOf(frames: readonly Grey[]): number {
	const means = frames.map(({ values }) => mean(values));
	const deviations = frames.map(({ values }, i) =>
		Math.sqrt(mean(values.map((value) => (value - (means[i] as number)) ** 2))),
	);
	return (Math.max(...means) - Math.min(...means)) / (mean(deviations) || 1);
}

function mean(values: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < values.length; i++) sum += values[i] as number;
	return sum / Math.max(1, values.length);
}
