import * as wasm from "./wasm.ts";
import {
	add,
	add16,
	add32,
	and,
	dot,
	get,
	kernel,
	load,
	narrow32,
	number,
	set,
	shiftRight16,
	shiftRight32,
} from "./wasm.ts";

/** From RGBA to planes of light and colour. Addresses and steps in bytes of `memory`. */
export interface PlaneKernels {
	readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
	/**
	 * Two rows, `blocks` times sixteen pixels of each: sixteen bytes of light a row, eight bytes of blue and of red for both
	 * rows together, each the mean of four pixels.
	 */
	planes(
		upper: number,
		lower: number,
		lightAbove: number,
		lightBelow: number,
		blue: number,
		red: number,
		blocks: number,
	): void;
}

/** What red, green and blue are worth by ITU-R BT.601 in video range, in 15 bits. */
const WEIGHTS = weights(0.299, 0.114);

type Four = readonly [number, number, number, number];

/** Even and odd words of two values. */
const EVEN = [0, 8, 16, 24].flatMap(word);
const ODD = [4, 12, 20, 28].flatMap(word);
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15];

const planes = kernel(
	["upper", "lower", "lightAbove", "lightBelow", "blue", "red", "blocks"],
	[],
	[
		...(["pixels", "rb", "ga", "rbBelow", "gaBelow"] as const),
		...(["above0", "above1", "above2", "above3", "below0", "below1", "below2", "below3"] as const),
		...(["blue0", "blue1", "blue2", "blue3", "red0", "red1", "red2", "red3"] as const),
		...(["bytes", "lightRb", "lightGa", "blueRb", "blueGa", "redRb", "redGa", "lightFrom", "colourFrom"] as const),
	],
	(at) => {
		const above = [at.above0, at.above1, at.above2, at.above3] as const;
		const below = [at.below0, at.below1, at.below2, at.below3] as const;
		const blues = [at.blue0, at.blue1, at.blue2, at.blue3] as const;
		const reds = [at.red0, at.red1, at.red2, at.red3] as const;
		const pairs = (even: number, odd: number) => wasm.words16(...Array(4).fill([even, odd]).flat());
		const fours = (word: number) => wasm.words32(...Array(4).fill(word));
		// Red and blue in one value, green and alpha in the other: sixteen bits each.
		const part = (rb: number, ga: number, row: number, four: number) => [
			set(at.pixels, load(add(get(row), number(16 * four)))),
			set(rb, and(get(at.pixels), get(at.bytes))),
			set(ga, shiftRight16(get(at.pixels), 8)),
		];
		const weigh = (rb: number, ga: number, byRb: number, byGa: number) =>
			add32(dot(get(rb), get(byRb)), dot(get(ga), get(byGa)));
		const light = (rb: number, ga: number) =>
			shiftRight32(add32(weigh(rb, ga, at.lightRb, at.lightGa), get(at.lightFrom)), 15);
		const bytes = ([a, b, c, d]: Four) => wasm.narrow(narrow32(get(a), get(b)), narrow32(get(c), get(d)));
		const mean = (a: number, b: number) => {
			const sum = add32(wasm.shuffle(get(a), get(b), ...EVEN), wasm.shuffle(get(a), get(b), ...ODD));
			return shiftRight32(add32(sum, get(at.colourFrom)), 17);
		};
		const words = ([a, b, c, d]: Four) => narrow32(mean(a, b), mean(c, d));
		return [
			set(at.bytes, pairs(255, 255)),
			set(at.lightRb, pairs(WEIGHTS.light.red, WEIGHTS.light.blue)),
			set(at.lightGa, pairs(WEIGHTS.light.green, 0)),
			set(at.blueRb, pairs(WEIGHTS.blue.red, WEIGHTS.blue.blue)),
			set(at.blueGa, pairs(WEIGHTS.blue.green, 0)),
			set(at.redRb, pairs(WEIGHTS.red.red, WEIGHTS.red.blue)),
			set(at.redGa, pairs(WEIGHTS.red.green, 0)),
			set(at.lightFrom, fours((16 << 15) + (1 << 14))),
			set(at.colourFrom, fours((128 << 17) + (1 << 16))),
			wasm.repeat(
				at.blocks,
				...[0, 1, 2, 3].flatMap((four) => [
					...part(at.rb, at.ga, at.upper, four),
					set(above[four] as number, light(at.rb, at.ga)),
					...part(at.rbBelow, at.gaBelow, at.lower, four),
					set(below[four] as number, light(at.rbBelow, at.gaBelow)),
					set(at.rb, add16(get(at.rb), get(at.rbBelow))),
					set(at.ga, add16(get(at.ga), get(at.gaBelow))),
					set(blues[four] as number, weigh(at.rb, at.ga, at.blueRb, at.blueGa)),
					set(reds[four] as number, weigh(at.rb, at.ga, at.redRb, at.redGa)),
				]),
				wasm.store(get(at.lightAbove), bytes(above)),
				wasm.store(get(at.lightBelow), bytes(below)),
				set(at.pixels, wasm.narrow(words(blues), words(reds))),
				wasm.store8(get(at.blue), get(at.pixels)),
				wasm.store8(get(at.red), wasm.pick(get(at.pixels), ...UPPER, ...UPPER)),
				...[at.upper, at.lower].map((row) => wasm.advance(row, number(64))),
				...[at.lightAbove, at.lightBelow].map((row) => wasm.advance(row, number(16))),
				...[at.blue, at.red].map((row) => wasm.advance(row, number(8))),
			),
		];
	},
);

/** The kernel, with a memory of its own. */
export function openPlanes(): PlaneKernels {
	return wasm.assemble({ planes }) as PlaneKernels;
}

function word(first: number): number[] {
	return [first, first + 1, first + 2, first + 3];
}

/** For a matrix whose light is `red` of red, `blue` of blue, and the rest of green. */
function weights(red: number, blue: number) {
	const green = 1 - red - blue;
	const scaled = (levels: number, red: number, green: number, blue: number) => {
		const [r = 0, g = 0, b = 0] = [red, green, blue].map((share) => Math.round(((share * levels) / 255) * 2 ** 15));
		return { red: r, green: g, blue: b };
	};
	return {
		light: scaled(219, red, green, blue),
		blue: scaled(224 / (2 * (1 - blue)), -red, -green, 1 - blue),
		red: scaled(224 / (2 * (1 - red)), 1 - red, -green, -blue),
	};
}
