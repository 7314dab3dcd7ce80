import type { Clock } from "../base/clock.ts";

/** How much the newest measurement counts in the mean. */
const NEWEST = 0.25;
/** How many frames late a frame may be and the beat is still kept: less is a timer's jitter, more a real delay. */
const PATIENCE = 1;

/**
 * When the frame after the one that was due at `last` is due: a beat later. One that is late is due at once, and the beat is
 * kept, so that nothing drifts; one that is later than `PATIENCE` beats begins a new beat, so that nothing bunches up.
 * Times and `interval` in seconds.
 */
export function nextDue(last: number | undefined, now: number, interval: number): number {
	if (last === undefined) return now;
	const due = last + interval;
	return now - due > PATIENCE * interval ? now : due;
}

/** Spreads frames evenly in time: at the rate that is meant, or as fast as they are made if that is less. */
export class Pacer {
	readonly #clock: Clock;
	#last: number | undefined;
	#cost: number | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Learns that making `frames` frames took `seconds`, without the time spent waiting for their turn. */
	made(frames: number, seconds: number): void {
		if (frames < 1) return;
		const cost = seconds / frames;
		this.#cost = this.#cost === undefined ? cost : this.#cost + (cost - this.#cost) * NEWEST;
	}

	/** Frames per second that could be made, as measured. `undefined` before the first. */
	get able(): number | undefined {
		return this.#cost === undefined ? undefined : 1 / this.#cost;
	}

	/** When the next frame is due, for `rate` frames per second; at once, without a rate. Call it once a frame. */
	due(rate: number | undefined): number {
		const now = this.#clock();
		if (rate === undefined) this.#last = now;
		else this.#last = nextDue(this.#last, now, Math.max(1 / rate, this.#cost ?? 0));
		return this.#last;
	}

	/** Forgets the beat: the next frame is due at once. After a pause. */
	restart(): void {
		this.#last = undefined;
	}
}
