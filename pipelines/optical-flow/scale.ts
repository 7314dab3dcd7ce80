import type { Size } from "mutoscope/sdk";

/** RGBA bytes in another size: bilinear, pixel centres on pixel centres, without smoothing, as PyTorch's `interpolate`. */
export function scaled(from: Uint8Array, size: Size, to: Uint8Array, sizeTo: Size): void {
	const columns = taps(size.width, sizeTo.width);
	const rows = taps(size.height, sizeTo.height);
	const line = 4 * size.width;
	let at = 0;
	for (const { first: top, second: bottom, share: down } of rows) {
		for (const { first: left, second: right, share: across } of columns) {
			for (let c = 0; c < 4; c++) {
				const byte = (row: number, column: number): number => from[row * line + 4 * column + c] as number;
				const above = byte(top, left) * (1 - across) + byte(top, right) * across;
				const below = byte(bottom, left) * (1 - across) + byte(bottom, right) * across;
				to[at++] = Math.round(above * (1 - down) + below * down);
			}
		}
	}
}

/** For each pixel of a side: the two it lies between, and the share of the second. */
function taps(from: number, to: number) {
	return Array.from({ length: to }, (_, i) => {
		const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
		const first = Math.min(Math.floor(place), from - 1);
		return { first, second: Math.min(first + 1, from - 1), share: place - first };
	});
}
