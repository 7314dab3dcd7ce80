import type { Small } from "./picture.ts";

/** Red, green, blue, 0 to 1. */
export type Colour = readonly [number, number, number];

/** The line in the space of colours along which pixels differ most. */
export interface Axis {
	readonly mean: Colour;
	/** Of length 1. Red, green and blue add up to something positive: a way along it is a way to more light. */
	readonly direction: Colour;
	/** Standard deviation along it: a picture of two colours has all of its contrast there. */
	readonly deviation: number;
}

const STEPS = 40;

/** The first principal axis of the pixels of pictures. */
export function axisOf(pictures: readonly Small[]): Axis {
	const mean = [0, 0, 0];
	const square = new Float64Array(9);
	let count = 0;
	for (const { values } of pictures) {
		count += values.length / 3;
		for (let i = 0; i < values.length; i += 3) {
			for (let a = 0; a < 3; a++) {
				const value = values[i + a] as number;
				mean[a] = (mean[a] as number) + value;
				for (let b = 0; b < 3; b++) {
					square[3 * a + b] = (square[3 * a + b] as number) + value * (values[i + b] as number);
				}
			}
		}
	}
	const middle = mean.map((sum) => sum / count) as unknown as Colour;
	const covariance = square.map((sum, i) => sum / count - middle[Math.floor(i / 3) as 0] * middle[(i % 3) as 0]);
	// Uneven to begin with, so that no axis stands at right angles to it.
	let direction: Colour = [0.6, 0.7, 0.4];
	let variance = 0;
	for (let step = 0; step < STEPS; step++) {
		const next = [0, 3, 6].map((row) => direction.reduce((sum, d, i) => sum + d * (covariance[row + i] as number), 0));
		variance = Math.hypot(...next);
		if (variance < 1e-12) break;
		direction = next.map((value) => value / variance) as unknown as Colour;
	}
	const sign = direction[0] + direction[1] + direction[2] < 0 ? -1 : 1;
	return {
		mean: middle,
		direction: direction.map((value) => sign * value) as unknown as Colour,
		deviation: Math.sqrt(variance),
	};
}

/** How far each pixel lies along an axis, from its mean. */
export function along({ mean, direction }: Pick<Axis, "mean" | "direction">, { values }: Small): Float32Array {
	const result = new Float32Array(values.length / 3);
	for (let i = 0; i < result.length; i++) {
		let sum = 0;
		for (let c = 0; c < 3; c++) sum += direction[c as 0] * ((values[3 * i + c] as number) - mean[c as 0]);
		result[i] = sum;
	}
	return result;
}
