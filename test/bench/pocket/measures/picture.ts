/** A picture as a session shows it: RGBA, 8 bit, rows top to bottom. */
export interface Picture {
	readonly width: number;
	readonly height: number;
	readonly data: Uint8Array;
}

/** A smaller picture: red, green and blue of 0 to 1, interleaved. */
export interface Small {
	readonly width: number;
	readonly height: number;
	readonly values: Float32Array;
}

/** Side of the pictures that are measured. */
export const SIDE = 64;

/** A picture whose short side is 64 pixels, each the mean of a square of the large one. The sides must be multiples of that square's. */
export function small({ width, height, data }: Picture): Small {
	const step = Math.min(width, height) / SIDE;
	const size = { width: width / step, height: height / step };
	if (![step, size.width, size.height].every(Number.isInteger)) {
		throw new RangeError(`${width}×${height} cannot be cut into squares, ${SIDE} along the short side`);
	}
	const values = new Float32Array(3 * size.width * size.height);
	for (let y = 0; y < height; y++) {
		const row = Math.floor(y / step) * size.width;
		for (let x = 0; x < width; x++) {
			const from = 4 * (y * width + x);
			const to = 3 * (row + Math.floor(x / step));
			for (let c = 0; c < 3; c++) values[to + c] = (values[to + c] as number) + (data[from + c] as number);
		}
	}
	const share = 1 / (255 * step * step);
	return { ...size, values: values.map((sum) => sum * share) };
}

/** The mean distance of two pictures' pixels: root of the mean square over all channels, 0 to 1. */
export function distance(one: Small, other: Small): number {
	let sum = 0;
	for (let i = 0; i < one.values.length; i++) sum += ((one.values[i] as number) - (other.values[i] as number)) ** 2;
	return Math.sqrt(sum / one.values.length);
}

/** The mean of the distances of all pairs. */
export function spread(pictures: readonly Small[]): number {
	const pairs = pictures.flatMap((one, i) => pictures.slice(i + 1).map((other) => distance(one, other)));
	return pairs.reduce((sum, each) => sum + each, 0) / Math.max(1, pairs.length);
}
