import { Backoff } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";

/** When a child counts as dead, and what is done about it. All times in seconds. */
export interface RestartPolicy {
	/** Between two signs of life. */
	readonly heartbeat: number;
	/** Without a sign of life, after which a child is killed: its event loop is stuck. */
	readonly silence: number;
	/** The same until it has loaded what it is for, and until its first sign of life. */
	readonly start: number;
	/** Before the first restart, doubled with each further one … */
	readonly first: number;
	/** … up to this. */
	readonly most: number;
	/** Of running, after which what was before is forgotten: a child that is killed now and then does not keep failing. */
	readonly healthy: number;
	/** So many crashes … */
	readonly crashes: number;
	/** … within so many seconds: it is quarantined. */
	readonly within: number;
	/** That a child has for stopping by itself. */
	readonly grace: number;
}

/** What every child gets unless said. */
export const POLICY: RestartPolicy = {
	heartbeat: 1,
	silence: 5,
	start: 20,
	first: 0.1,
	most: 30,
	healthy: 2,
	crashes: 8,
	within: 60,
	grace: 2,
};

/** Counts crashes and says what comes next. */
export class Crashes {
	readonly #policy: RestartPolicy;
	readonly #clock: Clock;
	readonly #backoff: Backoff;
	#at: number[] = [];

	constructor(policy: RestartPolicy, clock: Clock) {
		this.#policy = policy;
		this.#clock = clock;
		this.#backoff = new Backoff(policy);
	}

	/** One more. Seconds until it is started again, or `undefined`: it is quarantined. */
	next(): number | undefined {
		const { crashes, within } = this.#policy;
		const now = this.#clock();
		this.#at = [...this.#at.filter((at) => now - at < within), now];
		return this.#at.length >= crashes ? undefined : this.#backoff.next();
	}

	/** It runs well, or somebody starts it by hand: everything is forgiven. */
	forgive(): void {
		this.#at = [];
		this.#backoff.reset();
	}
}
