import type { Policy } from "./plan.ts";
import { rollFor, type Window } from "./roll.ts";

/** Settings of a sliding window. */
export interface Sliding extends Window {
	/** How many of the newest slots are attended to; default all. */
	readonly attend?: number;
}

/**
 * A sliding window: as in LongLive, but every pass writes where it falls, the sink too.
 *
 * Self-Forcing (Huang et al. 2025, arXiv 2506.08009), with a window as long as the film for its unlimited cache, and
 * StreamDiffusionV2 (Feng et al. 2025, arXiv 2511.07399) as Daydream Scope runs it: 6 slots, 3 of them sink.
 */
export function sliding({ window, sink, attend = window }: Sliding): Policy {
	return {
		window,
		keys: "turned",
		biased: false,
		bank: 0,
		plan(ends, pass) {
			const rolled = rollFor(ends, pass, { window, sink });
			const { local } = rolled.ends;
			return {
				...rolled,
				write: { from: local - pass.frames, to: local },
				skipped: 0,
				attend: [{ from: Math.max(0, local - attend), to: local }],
				position: pass.start,
			};
		},
	};
}
