/** A picture of 8 bits: RGBA, rows top to bottom, no padding; as frames are. */
export interface Picture {
	readonly size: { readonly width: number; readonly height: number };
	readonly data: Uint8Array;
}

/** One value for each pixel, rows top to bottom. */
type Plane = Float32Array;

/**
 * A picture as the models see it: [3, height, width], red, green, blue in [-1, 1]. Scaled to the size bilinearly, pixel
 * centres on pixel centres, without smoothing, as PyTorch's `interpolate`.
 */
export function toPixels(picture: Picture, height: number, width: number): Float32Array {
	const pixels = new Float32Array(3 * height * width);
	for (let c = 0; c < 3; c++) {
		const plane = scaled(channel(picture, c), picture.size, { height, width });
		for (let i = 0; i < plane.length; i++) pixels[c * plane.length + i] = ((plane[i] as number) / 255) * 2 - 1;
	}
	return pixels;
}

/** A grey picture as a mask, [height, width] in [0, 1]; its red channel counts. Scaled as pictures are. */
export function toMask(picture: Picture, height: number, width: number): Float32Array {
	return scaled(channel(picture, 0), picture.size, { height, width }).map((value) => value / 255);
}

/**
 * Pixels as a picture, opaque: `clamp(x / 2 + 0.5, 0, 1) · 255`, rounded down.
 *
 * @param pixels [3, height, width] in [-1, 1].
 * @param data where to: RGBA, 4 · height · width bytes.
 */
export function fromPixels(pixels: Float32Array, data: Uint8Array): void {
	const size = data.length / 4;
	for (let i = 0; i < size; i++) {
		for (let c = 0; c < 3; c++) {
			data[4 * i + c] = Math.max(0, Math.min(1, (pixels[c * size + i] as number) / 2 + 0.5)) * 255;
		}
		data[4 * i + 3] = 255;
	}
}

/** A plane scaled to another size, bilinearly. The same plane if nothing is to be done. */
export function scaled(plane: Plane, from: Picture["size"], to: Picture["size"]): Plane {
	if (from.width === to.width && from.height === to.height) return plane;
	const columns = taps(from.width, to.width);
	const rows = taps(from.height, to.height);
	const result = new Float32Array(to.width * to.height);
	for (const [y, row] of rows.entries()) {
		const [top, bottom] = [row.at * from.width, row.next * from.width];
		for (const [x, { at, next, share }] of columns.entries()) {
			const above = (plane[top + at] as number) * (1 - share) + (plane[top + next] as number) * share;
			const below = (plane[bottom + at] as number) * (1 - share) + (plane[bottom + next] as number) * share;
			result[y * to.width + x] = above * (1 - row.share) + below * row.share;
		}
	}
	return result;
}

function channel({ data, size: { width, height } }: Picture, c: number): Plane {
	return Float32Array.from({ length: width * height }, (_, i) => data[4 * i + c] as number);
}

/** For each pixel of a side: the two it lies between, and the share of the second. */
function taps(from: number, to: number): readonly { at: number; next: number; share: number }[] {
	return Array.from({ length: to }, (_, i) => {
		const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
		const at = Math.min(Math.floor(position), from - 1);
		return { at, next: Math.min(at + 1, from - 1), share: position - at };
	});
}
