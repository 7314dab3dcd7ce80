import { type Lab, labFrom, rgbFrom } from "./oklab.ts";
import { PALETTES, type PaletteName } from "./palettes.ts";

/** How many bits of heat reach the colours. */
export const TONE_BITS = 9;

/** How many heats have a colour of their own. */
export const TONES = 1 << TONE_BITS;

/** How many slopes have a light of their own, by their roots; the middle one is flat. */
export const SHADES = 32;

/** How heat becomes colour. */
export interface Colouring {
	readonly palette: PaletteName;
	/** Turns all colours around the circle of hues, in turns. */
	readonly hue: number;
	/** How much of the palette's dark end is left, 0 (black) to 1. */
	readonly background: number;
	/** Whether heat is an angle: the gradient goes there and back. */
	readonly circular: boolean;
}

/** The colour of each heat in the light of each slope, [32, 512]; a pixel's four bytes as one number, RGBA in memory. */
export class Colours {
	readonly pixels = new Uint32Array(SHADES * TONES);
	#of = "";

	/** Makes them anew if `colouring` is another than last time. */
	update(colouring: Colouring): void {
		const of = JSON.stringify(colouring);
		if (of === this.#of) return;
		this.#of = of;
		const stops = PALETTES[colouring.palette].map(([place, colour]) => [place, labFrom(colour)] as const);
		for (let tone = 0; tone < TONES; tone++) {
			const share = tone / (TONES - 1);
			const place = colouring.circular ? 1 - Math.abs(2 * share - 1) : share;
			const lab = turned(between(stops, place), colouring.hue);
			const dark = colouring.background + (1 - colouring.background) * smooth(place / 0.3);
			this.#shade(tone, rgbFrom([lab[0] * dark, lab[1] * dark, lab[2] * dark]));
		}
	}

	#shade(tone: number, [red, green, blue]: [number, number, number]): void {
		for (let shade = 0; shade < SHADES; shade++) {
			const root = (shade - SHADES / 2) / (SHADES / 2);
			const slope = Math.sign(root) * root * root;
			const scale = slope < 0 ? 1 + 0.85 * slope : 1 + 0.45 * slope;
			const gloss = slope > 0.35 ? 150 * (slope - 0.35) ** 2 : 0;
			const light = (value: number) => Math.min(255, value * scale + gloss) | 0;
			this.pixels[shade * TONES + tone] = (0xff000000 | (light(blue) << 16) | (light(green) << 8) | light(red)) >>> 0;
		}
	}
}

/** A smooth curve through the stops: cubic Hermite with slopes that never overshoot (Fritsch and Carlson 1980). */
function between(stops: readonly (readonly [number, Lab])[], place: number): Lab {
	const last = stops.length - 2;
	let i = 0;
	while (i < last && place > (stops[i + 1]?.[0] ?? 1)) i++;
	const [x0, from] = stops[i] as readonly [number, Lab];
	const [x1, to] = stops[i + 1] as readonly [number, Lab];
	const [xBefore, before] = stops[Math.max(0, i - 1)] as readonly [number, Lab];
	const [xAfter, after] = stops[Math.min(stops.length - 1, i + 2)] as readonly [number, Lab];
	const width = x1 - x0;
	const t = (place - x0) / width;
	const curve = (channel: 0 | 1 | 2) => {
		const rise = (to[channel] - from[channel]) / width;
		const left = i > 0 ? (from[channel] - before[channel]) / (x0 - xBefore) : rise;
		const right = i < last ? (after[channel] - to[channel]) / (xAfter - x1) : rise;
		const [m0, m1] = [tangent(left, rise) * width, tangent(rise, right) * width];
		const u = 1 - t;
		return from[channel] * u * u * (1 + 2 * t) + m0 * t * u * u + to[channel] * t * t * (3 - 2 * t) - m1 * t * t * u;
	};
	return [curve(0), curve(1), curve(2)];
}

function tangent(left: number, right: number): number {
	return left * right <= 0 ? 0 : (2 * left * right) / (left + right);
}

function turned([lightness, a, b]: Lab, turns: number): Lab {
	const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
	return [lightness, a * cos - b * sin, a * sin + b * cos];
}

function smooth(x: number): number {
	const t = Math.min(1, Math.max(0, x));
	return t * t * (3 - 2 * t);
}
