import type { After, Timing } from "../../../src/control/pace.ts";

/** A clock that stands until it is told to go on; timers ring in order while it does. */
export class FakeTiming implements Timing {
	now = 1000;
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();
	readonly clock = () => this.now;
	/** Unix seconds. */
	readonly wall = () => this.now + 1_700_000_000;
	readonly after: After = (seconds, run) => {
		const timer = { at: this.now + seconds, run };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	};

	/** How many timers wait. */
	get waiting(): number {
		return this.#timers.size;
	}

	/** Lets so many seconds pass. */
	pass(seconds: number): void {
		const end = this.now + seconds;
		for (;;) {
			const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (!next) break;
			this.#timers.delete(next);
			this.now = Math.max(this.now, next.at);
			next.run();
		}
		this.now = end;
	}
}
