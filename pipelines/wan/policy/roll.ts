import type { Ends, Pass, Plan } from "./plan.ts";

/** A window over the past: `window` slots, of which the first `sink` stay for good. */
export interface Window {
	readonly window: number;
	readonly sink: number;
}

/**
 * Makes room for the frames of a pass that go beyond what has been written: the oldest after the sink leave. A pass over
 * frames that are there already writes over them.
 */
export function rollFor(
	{ global, local, bank }: Ends,
	{ start, frames }: Pass,
	{ window, sink }: Window,
): Pick<Plan, "roll" | "ends"> {
	const end = start + frames;
	const count = end > global ? Math.max(0, frames + local - window) : 0;
	const ends = { global: end, local: local + (end - global) - count, bank };
	return count > 0 ? { roll: { within: { from: sink, to: local }, count }, ends } : { ends };
}

/** The references attend to their whole sink, also where chunks are shorter than it and have not filled it yet. */
export function unfilled({ local }: Ends, sink: number): Pick<Plan, "blank"> {
	return local < sink ? { blank: sink - local } : {};
}
