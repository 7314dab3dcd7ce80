import { setTimeout as sleep } from "node:timers/promises";
import { disposeAll } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import type { Stage } from "./stage.ts";

/** Seconds that the next one waits for the memory of those that close: one whose closing hangs must not end the show. */
const PATIENCE = 10;

/** Stages that close beside the show; the end waits for them. */
export class Closing {
	readonly #log: Log;
	readonly #all = new Set<Promise<void>>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** Closes a stage. Resolves once that is over; never rejects. */
	close(stage: Stage): Promise<void> {
		const closed = disposeAll([stage]).catch((error) => {
			this.#log.warn("the pipeline failed to close", { pipeline: stage.wanted.definition.id, error });
		});
		this.track(closed);
		return closed;
	}

	/** Something else closes, and never rejects. */
	track(closing: Promise<void>): void {
		const tracked: Promise<void> = closing.finally(() => this.#all.delete(tracked));
		this.#all.add(tracked);
	}

	/** Resolves once what closes now has freed its memory, or has taken too long. */
	async freed(): Promise<void> {
		if (this.#all.size > 0) await Promise.race([this.over(), sleep(PATIENCE * 1000, undefined, { ref: false })]);
	}

	/** Resolves once everything is closed. */
	async over(): Promise<void> {
		await Promise.all(this.#all);
	}
}
