import { reasonOf } from "../base/errors.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Stage } from "./stage.ts";
import { sameWanted, type Wanted as WantedOf } from "./wish.ts";

type Wanted = WantedOf<PipelineDefinition>;

/** What a standby needs. */
export interface StandbyParts {
	/** Opens a pipeline. */
	open(wanted: Wanted, signal: AbortSignal): Promise<Stage>;
	/** Closes a stage beside the show. */
	close(stage: Stage): void;
	/** Why it is not ready; `undefined` once it is, or nobody wants it any more. */
	because(reason: string | undefined): void;
}

/** A second pipeline, loaded and held, so that changing to it takes no time. */
export class Standby implements AsyncDisposable {
	readonly #parts: StandbyParts;
	#wanted: Wanted | undefined;
	#stage: Stage | undefined;
	#opening: { readonly abort: AbortController; readonly over: Promise<void> } | undefined;

	constructor(parts: StandbyParts) {
		this.#parts = parts;
	}

	/** Who is to be held from now on. The same one again is nothing new, also if it could not be opened. */
	want(wanted: Wanted | undefined): void {
		if (sameWanted(wanted, this.#wanted)) return;
		this.#letGo();
		this.#wanted = wanted;
		this.#parts.because(undefined);
		if (!wanted) return;
		const abort = new AbortController();
		const over = this.#parts.open(wanted, abort.signal).then(
			(stage) => {
				if (abort.signal.aborted) this.#parts.close(stage);
				else this.#stage = stage;
			},
			(error) => {
				if (!abort.signal.aborted) this.#parts.because(reasonOf(error));
			},
		);
		this.#opening = { abort, over };
	}

	/** The stage that is held, if it is what is wanted: whoever takes it plays and closes it. */
	take(wanted: Wanted): Stage | undefined {
		const stage = this.#stage;
		if (!stage || !sameWanted(stage.wanted, wanted)) return undefined;
		this.#stage = undefined;
		this.#wanted = undefined;
		return stage;
	}

	/** The stage that is held, if it is open. It stays here. */
	get stage(): Stage | undefined {
		return this.#stage;
	}

	/** Takes over a stage that has played. `false` if somebody else is to be held. */
	keep(stage: Stage, wanted: Wanted | undefined): boolean {
		if (!sameWanted(stage.wanted, wanted)) return false;
		this.#letGo();
		this.#wanted = wanted;
		this.#stage = stage;
		return true;
	}

	/** Resolves once a stage that is being opened is there or has failed. Never rejects. */
	async settled(): Promise<void> {
		await this.#opening?.over;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#letGo();
		await this.settled();
	}

	#letGo(): void {
		this.#opening?.abort.abort(new Error("somebody else is to be held"));
		if (this.#stage) this.#parts.close(this.#stage);
		this.#stage = undefined;
		this.#wanted = undefined;
	}
}
