import { along, axisOf } from "./axis.ts";
import type { Small } from "./picture.ts";

/** Standard deviation along the axis of colours: of two colours, how far they are apart. */
export function contrastOf(picture: Small): number {
	return axisOf([picture]).deviation;
}

/** The mean of the pixels' range from the darkest channel to the brightest, 0 to 1. */
export function saturationOf({ values }: Small): number {
	let sum = 0;
	for (let i = 0; i < values.length; i += 3) {
		const [red, green, blue] = values.subarray(i, i + 3) as unknown as [number, number, number];
		sum += Math.max(red, green, blue) - Math.min(red, green, blue);
	}
	return sum / (values.length / 3);
}

/** Pearson's correlation of two series of the same length, −1 to 1; 0 where one of them is constant. */
export function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
	const n = one.length;
	let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
	for (let i = 0; i < n; i++) {
		const [x, y] = [one[i] as number, other[i] as number];
		a += x;
		b += y;
		aa += x * x;
		bb += y * y;
		ab += x * y;
	}
	const variances = (aa - (a * a) / n) * (bb - (b * b) / n);
	return variances < 1e-9 ? 0 : (ab - (a * b) / n) / Math.sqrt(variances);
}

/** Where pictures lie between two colours: a picture's layout, larger where it is more of the figure's. */
export function layoutOf(picture: Small, figure: readonly number[], ground: readonly number[]): Float32Array {
	const direction = figure.map((value, i) => value - (ground[i] as number)) as unknown as [number, number, number];
	return along({ mean: [0, 0, 0], direction }, picture);
}
