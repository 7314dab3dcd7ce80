import { type Taps, taps } from "./cubic.ts";

/** DINOv2 names a scale that much larger, so that rounding never loses a row. */
const OFFSET = 0.1;

/**
 * Learned positions of a square grid for another grid: `learned` is [1 + side², dim], the first row that of the class token;
 * the result [1 + rows · columns, dim]. Bicubic, by the scale (length + 0.1) / side. Oquab et al. 2023, arXiv 2304.07193.
 */
export function resampled(
	learned: Float32Array,
	dim: number,
	{ rows, columns }: { readonly rows: number; readonly columns: number },
): Float32Array {
	const side = Math.round(Math.sqrt(learned.length / dim - 1));
	if (rows === side && columns === side) return learned;
	const grid = learned.subarray(dim);
	const across = taps(columns, side, (columns + OFFSET) / side);
	const down = taps(rows, side, (rows + OFFSET) / side);
	const lines = new Float32Array(side * columns * dim);
	for (let y = 0; y < side; y++) mix(grid, y * side * dim, 1, across, lines, y * columns * dim, 1, dim);
	const result = new Float32Array((1 + rows * columns) * dim);
	result.set(learned.subarray(0, dim));
	for (let x = 0; x < columns; x++) mix(lines, x * dim, columns, down, result, (1 + x) * dim, columns, dim);
	return result;
}

/** Mixes tokens along a line: those of the line lie `step` tokens apart, those of the result `stepTo`. */
function mix(
	from: Float32Array,
	start: number,
	step: number,
	line: readonly Taps[],
	to: Float32Array,
	startTo: number,
	stepTo: number,
	dim: number,
): void {
	for (const [i, { at, share }] of line.entries()) {
		for (let c = 0; c < dim; c++) {
			let sum = 0;
			for (let k = 0; k < 4; k++)
				sum += (share[k] as number) * (from[start + (at[k] as number) * step * dim + c] as number);
			to[startTo + i * stepTo * dim + c] = sum;
		}
	}
}
