import { Backoff } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";

/** How often something that fails is tried again before it is given up. */
const MOST = 3;
/** Seconds without a failure after which earlier ones are forgotten. */
const HEALTHY = 10;

/** Counts failures in a row, and says how long to rest after each. */
export class Tries {
	readonly #clock: Clock;
	readonly #backoff = new Backoff({ first: 0.1, most: 2 });
	#failures = 0;
	#failedAt = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Counts a failure. Seconds until the next try; `undefined` if there were too many. */
	failed(): number | undefined {
		const now = this.#clock();
		if (now - this.#failedAt > HEALTHY) {
			this.#failures = 0;
			this.#backoff.reset();
		}
		this.#failedAt = now;
		return ++this.#failures > MOST ? undefined : this.#backoff.next();
	}
}
