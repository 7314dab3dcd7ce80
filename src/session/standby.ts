import { reasonOf } from "../base/errors.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Stage } from "./stage.ts";
import { sameWanted, type Wanted as WantedOf } from "./wish.ts";

type Wanted = WantedOf<PipelineDefinition>;

/** What a standby needs. */
export interface StandbyParts {
	/** Opens a pipeline. */
	open(wanted: Wanted, signal: AbortSignal): Promise<Stage>;
	/** Closes a stage beside the show. Resolves once that is over; never rejects. */
	close(stage: Stage): Promise<void>;
	/** Why it is not ready; `undefined` once it is, or nobody wants it any more. */
	because(reason: string | undefined): void;
}

interface Opening {
	readonly abort: AbortController;
	readonly stage: Promise<Stage>;
	/** Fulfilled once it is there, has failed, or was abandoned. Never rejects. */
	readonly over: Promise<void>;
	/** Somebody else waits for it, and closes what comes of it. */
	taken: boolean;
}

/** A second pipeline, loaded and held, so that changing to it takes no time. One at a time is in memory. */
export class Standby implements AsyncDisposable {
	readonly #parts: StandbyParts;
	#wanted: Wanted | undefined;
	#stage: Stage | undefined;
	#opening: Opening | undefined;
	/** Of what was let go: settles once its memory is free. */
	#leaving: Promise<unknown> = Promise.resolve();
	#order: object | undefined;
	/** The order under which it could not be opened. */
	#refused: object | undefined;

	constructor(parts: StandbyParts) {
		this.#parts = parts;
	}

	/**
	 * Who is to be held from now on. The same one again is nothing new; if it could not be opened it is tried again once
	 * `order` is another: that of whoever has told the session anew what to play.
	 */
	want(wanted: Wanted | undefined, order: object = this): void {
		this.#order = order;
		const again = this.#refused !== undefined && this.#refused !== order;
		if (sameWanted(wanted, this.#wanted) && !again) return;
		this.#letGo();
		this.#wanted = wanted;
		this.#parts.because(undefined);
		if (wanted) this.#open(wanted);
	}

	/** The stage that is held, if it is what is wanted: whoever takes it plays and closes it. */
	take(wanted: Wanted): Stage | undefined {
		const stage = this.#stage;
		if (!stage || !sameWanted(stage.wanted, wanted)) return undefined;
		this.#stage = undefined;
		this.#wanted = undefined;
		return stage;
	}

	/**
	 * The stage that is being opened, if it is what is wanted: whoever takes it closes it, and `signal` gives it up. Rejects as
	 * opening does.
	 */
	takeOpening(wanted: Wanted, signal: AbortSignal): Promise<Stage> | undefined {
		const opening = this.#opening;
		if (!opening || !sameWanted(this.#wanted, wanted)) return undefined;
		opening.taken = true;
		this.#opening = undefined;
		this.#wanted = undefined;
		signal.addEventListener("abort", () => opening.abort.abort(signal.reason), { once: true });
		return opening.stage;
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

	/** Resolves once what was held is closed, and what was being opened with it. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.#letGo();
		await this.#leaving;
	}

	#open(wanted: Wanted): void {
		const abort = new AbortController();
		const { signal } = abort;
		const stage = this.#leaving.then(() => {
			signal.throwIfAborted();
			return this.#parts.open(wanted, signal);
		});
		const over = stage.then(
			async (stage) => {
				if (opening.taken) return;
				if (signal.aborted) await this.#parts.close(stage);
				else [this.#stage, this.#opening] = [stage, undefined];
			},
			(error) => {
				if (opening.taken || signal.aborted) return;
				[this.#refused, this.#opening] = [this.#order, undefined];
				this.#parts.because(reasonOf(error));
			},
		);
		const opening: Opening = { abort, stage, over, taken: false };
		this.#opening = opening;
	}

	#letGo(): void {
		const opening = this.#opening;
		opening?.abort.abort(new Error("somebody else is to be held"));
		const closed = this.#stage && this.#parts.close(this.#stage);
		this.#leaving = Promise.all([this.#leaving, opening?.over, closed]);
		this.#opening = undefined;
		this.#stage = undefined;
		this.#wanted = undefined;
		this.#refused = undefined;
	}
}
