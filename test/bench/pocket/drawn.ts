import type { Picture } from "./measures/picture.ts";

/** A layout: how much of the figure there is at a place, 0 to 1. Places count from the middle, half the short side 1, y down. */
export type Layout = (x: number, y: number) => number;

/** A picture of a layout in two colours, sRGB of 0 to 1. */
export function drawn(
	size: { readonly width: number; readonly height: number },
	layout: Layout,
	figure: readonly number[] = [1, 1, 1],
	ground: readonly number[] = [0, 0, 0],
): Picture {
	const { width, height } = size;
	const half = Math.min(width, height) / 2;
	const data = new Uint8Array(4 * width * height).fill(255);
	for (let row = 0; row < height; row++) {
		for (let column = 0; column < width; column++) {
			const share = layout((column + 0.5 - width / 2) / half, (row + 0.5 - height / 2) / half);
			for (let c = 0; c < 3; c++) {
				const value = (ground[c] ?? 0) + ((figure[c] ?? 0) - (ground[c] ?? 0)) * share;
				data[4 * (row * width + column) + c] = Math.round(255 * value);
			}
		}
	}
	return { ...size, data };
}

/** Full inside, nothing outside, with an edge a few hundredths wide. */
export function edge(distance: number): number {
	return 1 / (1 + Math.exp(-40 * distance));
}
