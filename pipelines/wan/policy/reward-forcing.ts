import type { Policy } from "./plan.ts";
import { rollFor, unfilled, type Window } from "./roll.ts";

/** Reward Forcing's settings. */
export interface RewardForcing extends Window {
	/** What the sink keeps of itself when frames leave. Default 0.999. */
	readonly decay?: number;
}

/**
 * Reward Forcing: frames that leave the window are averaged into the sink, and positions in time count from the sink's
 * first frame, so that nothing drifts however long the stream.
 *
 * Lu et al. 2025, arXiv 2512.04678, as Daydream Scope runs it: 9 slots, 3 of them sink. Where another number of frames
 * leaves than the sink holds, they take its places instead.
 */
export function rewardForcing({ window, sink, decay = 0.999 }: RewardForcing): Policy {
	return {
		window,
		keys: "plain",
		biased: false,
		bank: 0,
		plan(ends, pass) {
			const rolled = rollFor(ends, pass, { window, sink });
			const { local } = rolled.ends;
			const count = rolled.roll?.count ?? 0;
			return {
				...rolled,
				...(count === 0
					? {}
					: { sink: count === sink ? { kind: "average", decay } : { kind: "replace", count: Math.min(count, sink) } }),
				write: { from: local - pass.frames, to: local },
				skipped: 0,
				attend: [{ from: 0, to: local }],
				...unfilled(rolled.ends, sink),
				position: local - pass.frames,
			};
		},
	};
}
