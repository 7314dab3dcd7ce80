import type { Clock } from "../base/clock.ts";
import { Pacer } from "../media/pacer.ts";

/** When frames are shown: at the pipeline's rate, or as they come, and never more than the session allows. */
export class Beat {
	readonly #clock: Clock;
	#pacer: Pacer;
	/** Where the next frame would stand if they came evenly at the session's most; frames without a rate keep near it. */
	#even = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#pacer = new Pacer(clock);
	}

	/** Another pipeline sets the beat: what was measured of the last says nothing. */
	restart(): void {
		this.#pacer = new Pacer(this.#clock);
	}

	/** Learns that making `frames` frames took `seconds`. */
	made(frames: number, seconds: number): void {
		this.#pacer.made(frames, seconds);
	}

	/** When a frame without a rate may be shown at the earliest: it may come a frame too early, so that jitter costs nothing. */
	opens(fps: number): number {
		return this.#even - 1 / fps;
	}

	/** When the next frame is due, of a pipeline that means `rate` frames a second, if it does. Call it once a frame. */
	due(rate: number | undefined, fps: number): number {
		if (rate !== undefined) {
			const due = this.#pacer.due(Math.min(rate, fps));
			this.#even = due + 1 / fps;
			return due;
		}
		const due = Math.max(this.#clock(), this.opens(fps));
		this.#even = Math.max(this.#even, due) + 1 / fps;
		return due;
	}
}
