import { type Fit, place, type Rect, type Size, sameSize } from "../base/geometry.ts";
import { premultiply, unpremultiply } from "./alpha.ts";
import type { Frame } from "./frame.ts";
import type { FramePool } from "./pool.ts";
import { type Taps, tapsOf, WHOLE } from "./taps.ts";

/** How a picture is turned, clockwise, in degrees. */
export type Turn = 0 | 90 | 180 | 270;

/** How a frame is brought into shape. */
export interface FitOptions {
	readonly size: Size;
	readonly fit: Fit;
	/** Left and right change places, after it was turned. */
	readonly mirror?: boolean;
	readonly rotate?: Turn;
}

/**
 * The frame turned, mirrored and scaled to a size: each pixel the mean of the area it covers when there are fewer, linear
 * interpolation when there are more. What is not covered is black, or clear if the frame has alpha.
 *
 * Does not close `frame`; the caller closes the result, which shares its pixels if nothing had to be done.
 */
export function fitFrame(frame: Frame, pool: FramePool, options: FitOptions): Frame {
	const { size, fit, mirror = false, rotate = 0 } = options;
	if (rotate === 0 && !mirror && sameSize(frame.size, size)) return frame.clone();
	const lying = rotate === 90 || rotate === 270;
	const upright = lying ? { width: size.height, height: size.width } : size;
	const { from, to } = place(frame.size, upright, fit);
	const box = whole(to, upright);
	const result = pool.take(size, { ...frame.stamp, alpha: frame.alpha });
	if (box.width < upright.width || box.height < upright.height) {
		words(result.data).fill(frame.alpha ? 0 : 0xff00_0000);
	}
	const source = frame.alpha ? premultiply(frame.data) : frame.data;
	scale(words(source), frame.size.width, words(result.data), steps(upright, rotate, mirror), box, {
		columns: tapsOf(frame.size.width, from.x, from.width, box.width),
		rows: tapsOf(frame.size.height, from.y, from.height, box.height),
	});
	if (frame.alpha) unpremultiply(result.data);
	return result;
}

/** Where a pixel of the picture before it was turned lands: `base + x * right + y * down`. */
interface Steps {
	readonly base: number;
	readonly right: number;
	readonly down: number;
}

function steps({ width, height }: Size, rotate: Turn, mirror: boolean): Steps {
	const across = rotate === 90 || rotate === 270 ? height : width;
	const last = width * height - 1;
	const turned: Record<Turn, Steps> = {
		0: { base: 0, right: 1, down: width },
		90: { base: height - 1, right: height, down: -1 },
		180: { base: last, right: -1, down: -width },
		270: { base: last - height + 1, right: -height, down: 1 },
	};
	const { base, right, down } = turned[rotate];
	if (!mirror) return { base, right, down };
	// x becomes across − 1 − x: the steps within a row change sign, those between rows stay.
	const flip = (step: number) => (Math.abs(step) === 1 && !(across === 1) ? -step : step);
	const row = Math.floor(base / across);
	return { base: row * across + (across - 1 - (base % across)), right: flip(right), down: flip(down) };
}

function whole(rect: Rect, { width, height }: Size): Rect {
	const x = Math.min(width - 1, Math.round(rect.x));
	const y = Math.min(height - 1, Math.round(rect.y));
	const right = Math.min(width, Math.max(x + 1, Math.round(rect.x + rect.width)));
	const bottom = Math.min(height, Math.max(y + 1, Math.round(rect.y + rect.height)));
	return { x, y, width: right - x, height: bottom - y };
}

function words(data: Uint8Array): Uint32Array {
	return new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
}

/** Two channels of a pixel lie in one integer with eight bits of room above each, so that one multiplication does for both. */
const PAIR = 0x00ff_00ff;
const HALF = 0x0080_0080;

function scale(
	source: Uint32Array,
	sourceWidth: number,
	target: Uint32Array,
	{ base, right, down }: Steps,
	box: Rect,
	{ columns, rows }: { columns: Taps; rows: Taps },
): void {
	const even = new Int32Array(sourceWidth);
	const odd = new Int32Array(sourceWidth);
	const begin = columns.first[0] as number;
	const end =
		(columns.first[box.width - 1] as number) +
		(columns.start[box.width] as number) -
		(columns.start[box.width - 1] as number);
	for (let y = 0; y < box.height; y++) {
		mixRows(source, sourceWidth, rows, y, begin, end, even, odd);
		mixColumns(even, odd, columns, box.width, target, base + box.x * right + (box.y + y) * down, right);
	}
}

/** Adds up the rows of which row `y` is made. */
function mixRows(
	source: Uint32Array,
	width: number,
	rows: Taps,
	y: number,
	begin: number,
	end: number,
	even: Int32Array,
	odd: Int32Array,
): void {
	const start = rows.start[y] as number;
	const stop = rows.start[y + 1] as number;
	let row = (rows.first[y] as number) * width;
	const weight = rows.weights[start] as number;
	if (weight === WHOLE && stop === start + 1) {
		for (let x = begin; x < end; x++) {
			const pixel = source[row + x] as number;
			even[x] = pixel & PAIR;
			odd[x] = (pixel >>> 8) & PAIR;
		}
		return;
	}
	for (let x = begin; x < end; x++) {
		const pixel = source[row + x] as number;
		even[x] = Math.imul(pixel & PAIR, weight) + HALF;
		odd[x] = Math.imul((pixel >>> 8) & PAIR, weight) + HALF;
	}
	for (let tap = start + 1; tap < stop; tap++) {
		const share = rows.weights[tap] as number;
		row += width;
		for (let x = begin; x < end; x++) {
			const pixel = source[row + x] as number;
			even[x] = (even[x] as number) + Math.imul(pixel & PAIR, share);
			odd[x] = (odd[x] as number) + Math.imul((pixel >>> 8) & PAIR, share);
		}
	}
	for (let x = begin; x < end; x++) {
		even[x] = ((even[x] as number) >>> 8) & PAIR;
		odd[x] = ((odd[x] as number) >>> 8) & PAIR;
	}
}

function mixColumns(
	even: Int32Array,
	odd: Int32Array,
	columns: Taps,
	count: number,
	target: Uint32Array,
	begin: number,
	step: number,
): void {
	const { first, start, weights } = columns;
	let at = begin;
	let tap = 0;
	for (let x = 0; x < count; x++) {
		const stop = start[x + 1] as number;
		let input = first[x] as number;
		let low = HALF;
		let high = HALF;
		for (; tap < stop; tap++, input++) {
			const weight = weights[tap] as number;
			low += Math.imul(even[input] as number, weight);
			high += Math.imul(odd[input] as number, weight);
		}
		target[at] = ((low >>> 8) & PAIR) | (high & 0xff00_ff00);
		at += step;
	}
}
