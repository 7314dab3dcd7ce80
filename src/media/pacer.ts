import type { Clock } from "../base/clock.ts";

/** How much the newest measurement counts in the mean. */
const NEWEST = 0.25;

/**
 * When the frame after the one that was due at `last` is due: a beat later. One that is late is due at once, and the beat is
 * kept, so that nothing drifts; one that is more than a beat late begins a new beat, so that nothing bunches up. Times and
 * `interval` in seconds.
 */
export function nextDue(last: number | undefined, now: number, interval: number): number {
	if (last === undefined) return now;
	const due = last + interval;
	return now - due > interval ? now : due;
}

/** Spreads frames evenly in time: at the rate that is meant, or as fast as they are made if that is less. */
export class Pacer {
	readonly #clock: Clock;
	#last: number | undefined;
	/** Seconds that a frame takes to make; a mean that forgets. */
	#cost = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Learns that making `frames` frames took `seconds`, without the time spent waiting for their turn. */
	made(frames: number, seconds: number): void {
		if (frames < 1) return;
		const cost = seconds / frames;
		this.#cost = this.#cost === 0 ? cost : this.#cost + (cost - this.#cost) * NEWEST;
	}

	/** When the next frame is due, for `rate` frames per second. Call it once a frame. */
	due(rate: number): number {
		this.#last = nextDue(this.#last, this.#clock(), Math.max(1 / rate, this.#cost));
		return this.#last;
	}
}
