import type { RolloutOptions } from "../rollout.ts";
import { Schedule } from "../schedule.ts";
import type { Variant } from "../variants.ts";
import { krea } from "./krea.ts";
import { longLive } from "./longlive.ts";
import { memFlow } from "./memflow.ts";
import type { Policy } from "./plan.ts";
import { rewardForcing } from "./reward-forcing.ts";
import { sliding } from "./sliding.ts";

interface Shipped {
	readonly policy: Policy;
	/** Slots of the cache, and how many of them are sink. */
	readonly window: number;
	readonly sink: number;
}

function shipped(window: number, sink: number, policy: (window: { window: number; sink: number }) => Policy): Shipped {
	return { policy: policy({ window, sink }), window, sink };
}

/** How the pipelines keep the past, as Daydream Scope's model files have it. */
const SHIPPED: Readonly<Record<Variant["id"], Shipped>> = {
	longlive: shipped(12, 3, longLive),
	streamdiffusionv2: shipped(6, 3, sliding),
	"krea-realtime-video": shipped(6, 0, ({ window }) => krea({ window, chunk: 3 })),
	"reward-forcing": shipped(9, 3, rewardForcing),
	memflow: shipped(12, 3, memFlow),
};

/** Latent frames that Krea Realtime makes its cache of anew. */
const CONTEXT = 3;

/** How a pipeline keeps the past. */
export function policyOf({ id }: Variant): Policy {
	return SHIPPED[id].policy;
}

/** How a pipeline's chunks are made. `endless`: see `RolloutOptions`. */
export function rolloutOf(variant: Variant, { endless = true }: { readonly endless?: boolean } = {}): RolloutOptions {
	const { window, sink } = SHIPPED[variant.id];
	return {
		schedule: new Schedule(variant.shift),
		chunk: variant.chunk.latents,
		clean: variant.cleans,
		sink,
		endless,
		...(variant.recaches ? { recache: window } : {}),
		...(variant.rebuilds ? { context: CONTEXT } : {}),
		...(variant.overlaps ? { overlapsVideo: true } : {}),
	};
}
