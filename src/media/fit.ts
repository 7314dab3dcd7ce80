import { type Fit, place, type Rect, type Size, sameSize } from "../base/geometry.ts";
import { unpremultiply } from "./alpha.ts";
import type { Frame } from "./frame.ts";
import type { FramePool } from "./pool.ts";
import { arena } from "./simd/arena.ts";
import { type Taps, tapsOf } from "./taps.ts";

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
	const bars = box.width < upright.width || box.height < upright.height;
	if (bars) blacken(result);
	scale(frame, result.data, steps(upright, rotate, mirror), box, {
		columns: tapsOf(frame.size.width, from.x, from.width, box.width),
		rows: tapsOf(frame.size.height, from.y, from.height, box.height),
	});
	if (frame.alpha) unpremultiply(result.data);
	return result;
}

function blacken({ data, alpha }: Frame): void {
	new Uint32Array(data.buffer, data.byteOffset, data.length / 4).fill(alpha ? 0 : 0xff00_0000);
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

/** Sums rows first, since most pictures shrink; then, in what is left of each, columns. */
function scale(frame: Frame, target: Uint8Array, steps: Steps, box: Rect, { columns, rows }: BothTaps): void {
	const stride = frame.size.width * 4;
	const left = columns.first[0] as number;
	const top = rows.first[0] as number;
	const columnsUsed = lastOf(columns) - left;
	const used = frame.data.subarray(top * stride, lastOf(rows) * stride);
	const pairs = pairWeights(columns);
	const offsets = columns.first.map((pixel) => (pixel - left) * 4);
	const shares = Int16Array.from(rows.weights);
	const work = arena();
	work.clear([used.length, target.length, stride, pairs.weights.byteLength, offsets.byteLength, shares.byteLength]);
	const picture = work.put(used);
	const first = work.put(offsets);
	const columnWeights = work.put(pairs.weights);
	const rowWeights = work.put(shares);
	const row = work.place(stride);
	const whole = box.width * box.height * 4 === target.length;
	const result = whole ? work.place(target.length) : work.put(target);
	const { mixRows, mixColumns, premultiply } = work.kernels;
	if (frame.alpha) premultiply(picture, Math.ceil(used.length / 16));
	const right = steps.right * 4;
	for (let y = 0; y < box.height; y++) {
		const start = rows.start[y] as number;
		const count = (rows.start[y + 1] as number) - start;
		const from = picture + left * 4 + ((rows.first[y] as number) - top) * stride;
		mixRows(from, stride, rowWeights + start * 2, count, row, Math.ceil(columnsUsed / 4));
		const begin = result + (steps.base + box.x * steps.right + (box.y + y) * steps.down) * 4;
		mixColumns(row, first, columnWeights, pairs.count, begin, right, box.width);
	}
	target.set(work.bytes(result, target.length));
}

/** The pixel after the last that is used. */
function lastOf({ first, start }: Taps): number {
	const last = first.length - 1;
	return (first[last] as number) + (start[last + 1] as number) - (start[last] as number);
}

interface BothTaps {
	readonly columns: Taps;
	readonly rows: Taps;
}

/** Weights for pairs of neighbouring pixels, four times each, once a channel; as many pairs for all. */
function pairWeights({ start, weights }: Taps): { weights: Int16Array; count: number } {
	const outputs = start.length - 1;
	let most = 1;
	for (let output = 0; output < outputs; output++) {
		most = Math.max(most, (start[output + 1] as number) - (start[output] as number));
	}
	const count = Math.ceil(most / 2);
	const result = new Int16Array(outputs * count * 8);
	for (let output = 0; output < outputs; output++) {
		let at = output * count * 8;
		for (let tap = start[output] as number; tap < (start[output + 1] as number); tap++, at += 4) {
			result.fill(weights[tap] as number, at, at + 4);
		}
	}
	return { weights: result, count };
}
