/** A picture of 8 bits: RGBA, rows top to bottom, no padding; as frames are. */
export interface Picture {
	readonly size: { readonly width: number; readonly height: number };
	readonly data: Uint8Array;
}

/** Bytes of a pixel, and which of them is its opacity. */
const RGBA = 4;
const ALPHA = 3;

/**
 * A picture as the models see it: [3, height, width], red, green, blue in [-1, 1]. Scaled to the size bilinearly, pixel
 * centres on pixel centres, without smoothing, as PyTorch's `interpolate`.
 *
 * @param pixels where to, if there is a place already.
 */
export function toPixels(
	picture: Picture,
	height: number,
	width: number,
	pixels = new Float32Array(3 * height * width),
): Float32Array {
	const size = height * width;
	for (let c = 0; c < 3; c++) scale(picture, c, pixels.subarray(c * size, (c + 1) * size), height, width);
	for (let i = 0; i < pixels.length; i++) pixels[i] = ((pixels[i] as number) / 255) * 2 - 1;
	return pixels;
}

/** How opaque a picture is: [height, width] in [0, 1], scaled as its pixels are. */
export function toMask(picture: Picture, height: number, width: number): Float32Array {
	const mask = new Float32Array(height * width);
	scale(picture, ALPHA, mask, height, width);
	return mask.map((alpha) => alpha / 255);
}

/**
 * What the pixels [3, height, width] were before they were cut down to whole steps, on average: without it a picture that
 * is read again and again grows darker by half a step each time.
 */
export function unrounded(pixels: Float32Array): Float32Array {
	return pixels.map((value) => (Math.abs(value) < 1 ? value + 1 / 255 : value));
}

/** One channel, 0…255, scaled. */
function scale({ data, size }: Picture, channel: number, into: Float32Array, height: number, width: number): void {
	if (size.width === width && size.height === height) {
		for (let i = 0; i < into.length; i++) into[i] = data[RGBA * i + channel] as number;
		return;
	}
	const columns = taps(size.width, width);
	const rows = taps(size.height, height);
	const line = RGBA * size.width;
	for (let y = 0; y < height; y++) {
		const top = channel + (rows.at[y] as number) * line;
		const bottom = channel + (rows.next[y] as number) * line;
		const down = rows.share[y] as number;
		for (let x = 0; x < width; x++) {
			const left = RGBA * (columns.at[x] as number);
			const right = RGBA * (columns.next[x] as number);
			const across = columns.share[x] as number;
			const above = (data[top + left] as number) * (1 - across) + (data[top + right] as number) * across;
			const below = (data[bottom + left] as number) * (1 - across) + (data[bottom + right] as number) * across;
			into[y * width + x] = above * (1 - down) + below * down;
		}
	}
}

/** For each pixel of a side: the two it lies between, and the share of the second. */
function taps(from: number, to: number) {
	const at = new Int32Array(to);
	const next = new Int32Array(to);
	const share = new Float64Array(to);
	for (let i = 0; i < to; i++) {
		const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
		at[i] = Math.min(Math.floor(position), from - 1);
		next[i] = Math.min((at[i] as number) + 1, from - 1);
		share[i] = position - (at[i] as number);
	}
	return { at, next, share };
}
