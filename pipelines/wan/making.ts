import { krea } from "./policy/krea.ts";
import { longLive } from "./policy/longlive.ts";
import { memFlow } from "./policy/memflow.ts";
import type { Policy } from "./policy/plan.ts";
import { rewardForcing } from "./policy/reward-forcing.ts";
import { sliding } from "./policy/sliding.ts";
import type { RolloutOptions } from "./rollout.ts";
import { Schedule } from "./schedule.ts";
import type { Variant } from "./variants.ts";

/** How a pipeline of the family remembers, and how it is run. */
export interface Making {
	readonly policy: Policy;
	readonly rollout: Omit<RolloutOptions, "endless">;
}

/** Latent frames that stay at the beginning of the cache. */
const SINK = 3;

/**
 * Windows and policies as Daydream Scope configures them. MemFlow's bank is never filled there, so that it has none.
 *
 * @param window of a model that says its own.
 */
export function makingOf(
	{ id, chunk: { latents: chunk }, shift, cleans: clean, overlaps }: Variant,
	window = 6,
): Making {
	const base = { schedule: new Schedule(shift), chunk, clean, sink: SINK };
	switch (id) {
		case "longlive":
			return { policy: longLive({ window: 12, sink: SINK }), rollout: { ...base, recache: 12 } };
		case "memflow":
			return { policy: memFlow({ window: 12, sink: SINK }), rollout: { ...base, recache: 12 } };
		case "streamdiffusionv2":
			return { policy: sliding({ window: 6, sink: SINK }), rollout: base };
		case "reward-forcing":
			return { policy: rewardForcing({ window: 9, sink: SINK }), rollout: { ...base, overlapsVideo: overlaps } };
		case "pocket":
			return { policy: sliding({ window, sink: 0 }), rollout: { ...base, sink: 0 } };
		case "krea-realtime-video":
			return { policy: krea({ window: 6, chunk }), rollout: { ...base, sink: 0, context: 3 } };
	}
}
