import { type Picture, toPixels } from "../pixels.ts";

/**
 * A reference picture as VACE is given it: scaled until it covers the size, the middle cut out. [3, height, width] in
 * [-1, 1].
 */
export function preparedReference(picture: Picture, height: number, width: number): Float32Array {
	const scale = Math.max(height / picture.size.height, width / picture.size.width);
	// At least the size itself: `height / h * h` may be a hair below `height`.
	const tall = Math.max(height, Math.trunc(picture.size.height * scale));
	const wide = Math.max(width, Math.trunc(picture.size.width * scale));
	const covering = toPixels(picture, tall, wide);
	const top = (tall - height) >> 1;
	const left = (wide - width) >> 1;
	const pixels = new Float32Array(3 * height * width);
	for (let row = 0; row < 3 * height; row++) {
		const from = (Math.floor(row / height) * tall + top + (row % height)) * wide + left;
		pixels.set(covering.subarray(from, from + width), row * width);
	}
	return pixels;
}
