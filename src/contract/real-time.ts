import * as z from "zod";
import type { Size } from "../base/geometry.ts";

/** What a pipeline has to choose from so that it keeps up: its parameters `/width` and `/height` begin with what holds. */
export interface RealTime {
	/** Sizes of its pictures, the one that looks best first. */
	readonly sizes: readonly Size[];
	/** Frames a second that are to be held. */
	readonly fps: number;
}

/** What a pipeline holds on one machine, by measurement. */
export const held = z.object({
	/** Pixels. */
	width: z.int().positive(),
	height: z.int().positive(),
	/** Frames a second that it makes there without hurry; at most those that were to be held. */
	fps: z.number().positive(),
	/** Whether that is as many as were to be held. */
	holds: z.boolean(),
	/** Whether that is the size that looks best. */
	best: z.boolean(),
	/** Threads of the processor, where another number than usual serves it better. */
	threads: z.int().positive().optional(),
});
export type Held = z.output<typeof held>;

/** Share of its time that a pipeline may take: the rest is for viewers, for the page, and for busy moments. */
const SHARE = 0.7;
/** How much faster than its pixels the cost of a picture grows: attention looks from each part at each. */
const GROWTH = 1.3;

/** The best size that holds, if pictures of `size` take `seconds` each; the smallest of all where none does. */
export function heldOf({ sizes, fps }: RealTime, size: Size, seconds: number): Held {
	const all = sizes.length > 0 ? sizes : [size];
	const made = all.map(({ width, height }) => {
		const ratio = pixels({ width, height }) / pixels(size);
		// Of what was not measured the worst is expected: a smaller picture may cost more for each of its pixels.
		return { width, height, most: SHARE / (seconds * ratio ** (ratio > 1 ? GROWTH : 1)) };
	});
	const first = made.findIndex(({ most }) => most >= fps);
	const holds = first >= 0;
	const smallest = made.reduce((small, each) => (pixels(each) < pixels(small) ? each : small));
	const { width, height, most } = made[first] ?? smallest;
	return { width, height, fps: Math.min(fps, tenths(most)), holds, best: first === 0 };
}

function pixels({ width, height }: Size): number {
	return width * height;
}

/** Rounded down, so that nothing is promised. */
function tenths(rate: number): number {
	return Math.max(0.1, Math.floor(rate * 10) / 10);
}
