import type { Frame, Size } from "mutoscope/sdk";

/**
 * The picture with an even number of columns and rows, which is all that NDI carries: it would cut off the last. The last
 * column and row are shown twice. The same picture if nothing is missing.
 */
export function even(frame: Frame, take: (size: Size) => Frame): Frame {
	const { width, height } = frame.size;
	const size = { width: width + (width % 2), height: height + (height % 2) };
	if (size.width === width && size.height === height) return frame.clone();
	const padded = take(size);
	const { data } = padded;
	for (let row = 0; row < size.height; row++) {
		const from = Math.min(row, height - 1) * width * 4;
		const to = row * size.width * 4;
		data.set(frame.data.subarray(from, from + width * 4), to);
		if (size.width > width) data.copyWithin(to + width * 4, to + (width - 1) * 4, to + width * 4);
	}
	return padded;
}
