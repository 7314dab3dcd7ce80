import * as wasm from "./wasm.ts";
import { add, add16, get, high16, kernel, load, low16, multiply16, number, set, shiftRight16 } from "./wasm.ts";

/**
 * Weighted sums of pixels, sixteen bytes at a time. Weights are 16-bit and add up to 256, so that each sum fits 16 bits;
 * half of it is added so that it is rounded. Addresses and steps in bytes of `memory`.
 */
export interface Kernels {
	readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
	/** Adds up `taps` rows that lie `stride` apart from `source` on, for `blocks` times four pixels. */
	mixRows(source: number, stride: number, weights: number, taps: number, target: number, blocks: number): void;
	/**
	 * Makes `count` pixels, `step` apart from `target` on: each of `pairs` times two neighbours in `row`, from the offset in
	 * `first` on. There are eight weights a pair: four for the one's channels, four for the other's.
	 */
	mixColumns(
		row: number,
		first: number,
		weights: number,
		pairs: number,
		target: number,
		step: number,
		count: number,
	): void;
	/** Multiplies each colour by its alpha, in `blocks` times four pixels from `pixels` on. */
	premultiply(pixels: number, blocks: number): void;
	/** Mixes `blocks` times four pixels: `rest` of `before`, `share` of `after`; together 256. */
	mixPair(before: number, after: number, rest: number, share: number, target: number, blocks: number): void;
}

const HALF = 128;
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15];
const halves = wasm.splat16(number(HALF));
const bytes = (low: wasm.Code, high: wasm.Code) => wasm.narrow(shiftRight16(low, 8), shiftRight16(high, 8));

const mixRows = kernel(
	["source", "stride", "weights", "taps", "target", "blocks"],
	["from", "weight", "left"],
	["low", "high", "pixels", "share"],
	(at) => [
		wasm.repeat(
			at.blocks,
			set(at.low, halves),
			set(at.high, halves),
			set(at.from, get(at.source)),
			set(at.weight, get(at.weights)),
			set(at.left, get(at.taps)),
			wasm.repeat(
				at.left,
				set(at.share, wasm.loadSplat16(get(at.weight))),
				set(at.pixels, load(get(at.from))),
				set(at.low, add16(get(at.low), multiply16(low16(get(at.pixels)), get(at.share)))),
				set(at.high, add16(get(at.high), multiply16(high16(get(at.pixels)), get(at.share)))),
				wasm.advance(at.from, get(at.stride)),
				wasm.advance(at.weight, number(2)),
			),
			wasm.store(get(at.target), bytes(get(at.low), get(at.high))),
			wasm.advance(at.source, number(16)),
			wasm.advance(at.target, number(16)),
		),
	],
);

const mixColumns = kernel(
	["row", "first", "weights", "pairs", "target", "step", "count"],
	["from", "left"],
	["sum"],
	(at) => [
		wasm.repeat(
			at.count,
			set(at.sum, wasm.words16(HALF, HALF, HALF, HALF, 0, 0, 0, 0)),
			set(at.from, add(get(at.row), wasm.load32(get(at.first)))),
			set(at.left, get(at.pairs)),
			wasm.repeat(
				at.left,
				set(at.sum, add16(get(at.sum), multiply16(low16(wasm.load8(get(at.from))), load(get(at.weights))))),
				wasm.advance(at.from, number(8)),
				wasm.advance(at.weights, number(16)),
			),
			set(at.sum, add16(get(at.sum), wasm.pick(get(at.sum), ...UPPER, ...UPPER))),
			wasm.store4(get(at.target), bytes(get(at.sum), get(at.sum))),
			wasm.advance(at.first, number(4)),
			wasm.advance(at.target, get(at.step)),
		),
	],
);

const mixPair = kernel(["before", "after", "rest", "share", "target", "blocks"], [], ["a", "b"], (at) => {
	const weigh = (half: (value: wasm.Code) => wasm.Code) => {
		const before = multiply16(half(get(at.a)), wasm.splat16(get(at.rest)));
		const after = multiply16(half(get(at.b)), wasm.splat16(get(at.share)));
		return add16(add16(before, after), halves);
	};
	return [
		wasm.repeat(
			at.blocks,
			set(at.a, load(get(at.before))),
			set(at.b, load(get(at.after))),
			wasm.store(get(at.target), bytes(weigh(low16), weigh(high16))),
			...[at.before, at.after, at.target].map((pointer) => wasm.advance(pointer, number(16))),
		),
	];
});

const premultiply = kernel(["pixels", "blocks"], [], ["value", "alpha"], (at) => {
	const alphas = wasm.pick(get(at.value), ...[3, 7, 11, 15].flatMap((byte) => [byte, byte, byte, byte]));
	// Alpha itself is multiplied by 1.
	const factors = wasm.or(alphas, wasm.bytes16(...Array(4).fill([0, 0, 0, 255]).flat()));
	// x / 255 rounded is (x + 128 + (x + 128 >> 8)) >> 8.
	const scaled = (half: (value: wasm.Code) => wasm.Code) => {
		const product = add16(multiply16(half(get(at.value)), half(get(at.alpha))), halves);
		return add16(product, shiftRight16(product, 8));
	};
	return [
		wasm.repeat(
			at.blocks,
			set(at.value, load(get(at.pixels))),
			set(at.alpha, factors),
			wasm.store(get(at.pixels), bytes(scaled(low16), scaled(high16))),
			wasm.advance(at.pixels, number(16)),
		),
	];
});

/** The kernels, with a memory of their own. */
export function openKernels(): Kernels {
	return wasm.assemble({ mixRows, mixColumns, mixPair, premultiply }) as Kernels;
}
