import type { Size } from "mutoscope/sdk";
import { PATCH } from "./config.ts";

/** Beyond this ratio of the sides the picture is made smaller, so that a wide one does not cost more. */
const WIDE = 1.78;

/**
 * The size that frames are brought to for the network: the shorter side at least `resolution`, or less for wide frames, the
 * ratio kept, both sides multiples of 14.
 */
export function networkSize({ width, height }: Size, resolution: number): Size {
	const ratio = Math.max(width, height) / Math.min(width, height);
	const least = ratio > WIDE ? PATCH * toEven(Math.floor((resolution * 1.777) / ratio) / PATCH) : resolution;
	const scale = Math.max(least / height, least / width);
	const side = (length: number): number => {
		const nearest = PATCH * toEven((length * scale) / PATCH);
		return nearest < least ? PATCH * Math.ceil((length * scale) / PATCH) : nearest;
	};
	return { width: side(width), height: side(height) };
}

/** The nearest whole number; halves go to the even one, as Python and NumPy round. */
function toEven(x: number): number {
	const down = Math.floor(x);
	if (x - down !== 0.5) return Math.round(x);
	return down % 2 === 0 ? down : down + 1;
}
