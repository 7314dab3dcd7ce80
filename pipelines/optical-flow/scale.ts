import type { Size } from "mutoscope/sdk";

/**
 * Opaque RGBA bytes in another size: bilinear, pixel centres on pixel centres, without smoothing, as PyTorch's `interpolate`.
 */
export function scaled(from: Uint8Array, size: Size, to: Uint8Array, sizeTo: Size): void {
	const columns = taps(size.width, sizeTo.width);
	const rows = taps(size.height, sizeTo.height);
	let at = 0;
	for (let y = 0; y < sizeTo.height; y++) {
		const top = (rows.first[y] as number) * size.width;
		const bottom = (rows.second[y] as number) * size.width;
		const down = rows.share[y] as number;
		for (let x = 0; x < sizeTo.width; x++) {
			const left = columns.first[x] as number;
			const right = columns.second[x] as number;
			const across = columns.share[x] as number;
			const [a, b, c, d] = [4 * (top + left), 4 * (top + right), 4 * (bottom + left), 4 * (bottom + right)];
			for (let k = 0; k < 3; k++) {
				const above = (from[a + k] as number) * (1 - across) + (from[b + k] as number) * across;
				const below = (from[c + k] as number) * (1 - across) + (from[d + k] as number) * across;
				to[at + k] = above * (1 - down) + below * down + 0.5;
			}
			to[at + 3] = 255;
			at += 4;
		}
	}
}

/** For each pixel of a side: the two it lies between, and the share of the second. */
function taps(from: number, to: number) {
	const first = new Int32Array(to);
	const second = new Int32Array(to);
	const share = new Float64Array(to);
	for (let i = 0; i < to; i++) {
		const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
		first[i] = Math.min(Math.floor(place), from - 1);
		second[i] = Math.min((first[i] as number) + 1, from - 1);
		share[i] = place - (first[i] as number);
	}
	return { first, second, share };
}
