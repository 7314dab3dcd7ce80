import type { Clock } from "../base/clock.ts";
import type { Dispose } from "../base/dispose.ts";

/** Calls back once, so many seconds later; disposed, never. */
export type After = (seconds: number, run: () => void) => Dispose;

/** The timer of the system. It keeps no process alive. */
export const after: After = (seconds, run) => {
	const timer = setTimeout(run, seconds * 1000);
	timer.unref();
	return () => clearTimeout(timer);
};

/** What tells the time, and waits. Injected, so that tests need neither. */
export interface Timing {
	/** Seconds that never jump. */
	readonly clock: Clock;
	readonly after: After;
}

/** Lets something happen soon after it was asked for, however often that was, and not above a rate. */
export class Pace implements Disposable {
	readonly #timing: Timing;
	readonly #run: () => void;
	#pending: Dispose | undefined;
	#last = Number.NEGATIVE_INFINITY;
	/** At most so many times a second. */
	hz: number;

	constructor(timing: Timing, hz: number, run: () => void) {
		this.#timing = timing;
		this.#run = run;
		this.hz = hz;
	}

	/** Asks for it; `wait` seconds from now at the earliest. */
	ask(wait = 0): void {
		if (this.#pending) return;
		const due = Math.max(wait, this.#last + 1 / this.hz - this.#timing.clock());
		this.#pending = this.#timing.after(Math.max(0, due), () => {
			this.#pending = undefined;
			this.#last = this.#timing.clock();
			this.#run();
		});
	}

	[Symbol.dispose](): void {
		this.#pending?.();
		this.#pending = undefined;
	}
}
