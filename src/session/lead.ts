/** How much longer than the longest lately a chunk may take. */
const SAFETY = 1.25;
/** Seconds on top of that, where nothing else wants the processor. */
const SLACK = 0.004;
/** What the longest lately still counts after one more chunk, and the slack that was once needed. */
const MEMORY = 0.95;
const SLACK_MEMORY = 0.995;

/**
 * How long before it is due a chunk is begun.
 *
 * A chunk that would lie ready for long is begun later, so that it is made with what is turned until then: a fader moves the
 * picture a frame sooner. One that takes as long as it is played is begun at once. Where chunks come late all the same, on a
 * busy machine, they are begun sooner from then on, and only slowly later again.
 */
export class Lead {
	#cost = Number.POSITIVE_INFINITY;
	#slack = SLACK;

	/** Seconds; infinite before anything was made. */
	get seconds(): number {
		return this.#cost * SAFETY + this.#slack;
	}

	/** A chunk took `seconds`; if it was begun with this lead, it was ready `late` seconds after it was due. */
	made(seconds: number, late: number | undefined): void {
		this.#cost = Number.isFinite(this.#cost) ? Math.max(seconds, this.#cost * MEMORY) : seconds;
		if (late !== undefined && late > 0) this.#slack = Math.min(1, this.#slack + late);
		else this.#slack = Math.max(SLACK, this.#slack * SLACK_MEMORY);
	}

	/** Another pipeline makes the chunks. */
	restart(): void {
		this.#cost = Number.POSITIVE_INFINITY;
	}
}
