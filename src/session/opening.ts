import { MutoscopeError } from "../base/errors.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Closing } from "./closing.ts";
import type { Feed } from "./feed.ts";
import type { Machine } from "./machine.ts";
import { fitsWithout, type Stage } from "./stage.ts";
import type { Standby } from "./standby.ts";
import type { Wanted } from "./wish.ts";

/** What an opening has come to. `crowded`: it fits only once what plays is closed. */
export type Outcome = { readonly stage: Stage } | { readonly error: unknown } | { readonly crowded: true };

/** A pipeline that is being opened to play. */
export interface Opening {
	readonly wanted: Wanted<PipelineDefinition>;
	readonly abort: AbortController;
	/** Fulfilled once it is open, has failed, or was abandoned. Never rejects. */
	readonly over: Promise<void>;
	outcome?: Outcome | undefined;
}

/** Where it is opened. */
export interface Surroundings {
	readonly feed: Feed;
	readonly machine: Machine;
	readonly standby: Standby;
	readonly closing: Closing;
	/** What plays meanwhile. */
	readonly playing: Stage | undefined;
	open(): Promise<Stage>;
}

/** Opens a pipeline beside what plays, or takes over the one that is being opened to wait. Rejects as opening does. */
export async function attempt(
	wanted: Wanted<PipelineDefinition>,
	{ feed, machine, standby, closing, playing, open }: Surroundings,
	signal: AbortSignal,
): Promise<Outcome> {
	const coming = standby.takeOpening(wanted, signal);
	// What closes beside the show still holds its memory.
	if (!coming) await closing.freed();
	try {
		return { stage: await (coming ?? open()) };
	} catch (error) {
		const full = error instanceof MutoscopeError && error.code === "pipeline/memory";
		const freed = [playing, standby.stage].flatMap((stage) => stage?.need ?? []);
		if (!full || freed.length === 0) throw error;
		if (!(await fitsWithout(wanted, feed.part(""), machine, freed))) throw error;
		return { crowded: true };
	}
}
