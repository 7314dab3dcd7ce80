import type { Clock } from "../base/clock.ts";
import type { LoadingStage } from "../contract/artifact.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Held } from "../contract/real-time.ts";
import type { Feed } from "./feed.ts";
import { openFirst } from "./first-time.ts";
import { type Opens, Stage } from "./stage.ts";
import type { Wanted } from "./wish.ts";

/** What opening needs of the session. */
export interface BeginningsParts extends Omit<Opens, "threads" | "progress"> {
	readonly feed: Feed;
	readonly clock: Clock;
	/** It was measured what a pipeline holds on this machine. */
	measured(pipeline: string, held: Held): void;
}

/** What an opening is told. */
export interface Beginning {
	/** Where its values stand. */
	readonly part: "" | "/standby";
	/** Whether nothing plays that measuring would hold up. */
	readonly isQuiet?: boolean;
	progress(loading: LoadingStage): void;
}

/** Opens pipelines as they do best on this machine, which is measured the first time. */
export class Beginnings {
	readonly #parts: BeginningsParts;
	/** What was measured since the session was last told. */
	readonly #fresh = new Map<string, Held>();
	#measuring = 0;

	constructor(parts: BeginningsParts) {
		this.#parts = parts;
	}

	/** Whether a pipeline is being measured: nothing else should be made meanwhile. */
	get measuring(): boolean {
		return this.#measuring > 0;
	}

	/** Opens a pipeline. Throws as `Stage.open` does. */
	async open(wanted: Wanted<PipelineDefinition>, how: Beginning, signal: AbortSignal): Promise<Stage> {
		const { definition } = wanted;
		const { feed, machine, clock, measured } = this.#parts;
		const open = (threads?: number) => {
			const { progress } = how;
			return Stage.open(wanted, feed.part(how.part), { ...this.#parts, progress, threads }, signal);
		};
		const known = this.#fresh.get(definition.id) ?? feed.cast.held?.[definition.id];
		if (!definition.realTime || known || !how.isQuiet) return open(known?.threads);
		const { threads } = machine.compute;
		const alone = async <T>(run: () => Promise<T>) => {
			how.progress({ stage: "Measuring this machine", fraction: 0.95 });
			this.#measuring++;
			return run().finally(() => this.#measuring--);
		};
		const { stage, held } = await openFirst({ open, threads, clock, alone }, signal);
		if (held) {
			this.#fresh.set(definition.id, held);
			measured(definition.id, held);
		}
		return stage;
	}
}
