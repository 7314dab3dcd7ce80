import type { Ends, Pass, Plan, Policy } from "./plan.ts";
import { rollFor, unfilled, type Window } from "./roll.ts";

/** LongLive's settings. */
export interface LongLive extends Window {
	/** Whether the sink keeps its old keys when earlier frames pass once more after a change of prompt. Default true. */
	readonly globalSink?: boolean;
}

/**
 * LongLive: the sink and the newest frames, keys turned to their place in the whole stream.
 *
 * Yang et al. 2025, arXiv 2509.22622, as Daydream Scope runs it: 12 slots, 3 of them sink. A pass over frames that are
 * there already leaves the sink alone, unless it begins with the stream.
 *
 * @param spares which of these passes leave the sink alone; default all.
 */
export function longLive(
	{ window, sink, globalSink = true }: LongLive,
	spares: (pass: Pass) => boolean = () => true,
): Policy {
	return { window, keys: "turned", biased: false, bank: 0, plan: (ends, pass) => plan(ends, pass) };

	function plan(ends: Ends, pass: Pass): Plan {
		const again = pass.start + pass.frames <= ends.global && pass.start > 0;
		const { roll, ends: moved } = rollFor(ends, pass, { window, sink });
		const first = moved.local - pass.frames;
		const from = again && globalSink && spares(pass) ? Math.min(Math.max(first, sink), moved.local) : first;
		return {
			...(roll ? { roll } : {}),
			write: { from, to: moved.local },
			skipped: from - first,
			attend: [{ from: 0, to: moved.local }],
			...unfilled(moved, sink),
			position: pass.start,
			ends: again ? ends : moved,
		};
	}
}
