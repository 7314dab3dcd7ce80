import type { Dispose } from "../../base/dispose.ts";
import type { After } from "../pace.ts";

/** How many bundles may wait for their time. */
const PENDING = 256;

/** Bundles that wait for their time. One timer, however many they are. */
export class Schedule implements Disposable {
	readonly #after: After;
	readonly #wall: () => number;
	/** Soonest first. */
	readonly #due: { readonly at: number; readonly run: () => void }[] = [];
	#timer: Dispose | undefined;

	/** `wall`: Unix seconds. */
	constructor(after: After, wall: () => number) {
		this.#after = after;
		this.#wall = wall;
	}

	/** Calls `run` at a time in Unix seconds. Returns false, and never does, when too many wait already. */
	add(at: number, run: () => void): boolean {
		if (this.#due.length >= PENDING) return false;
		const place = this.#due.findIndex((other) => other.at > at);
		this.#due.splice(place < 0 ? this.#due.length : place, 0, { at, run });
		if (this.#due[0]?.run === run) this.#arm();
		return true;
	}

	[Symbol.dispose](): void {
		this.#timer?.();
		this.#due.length = 0;
	}

	#arm(): void {
		this.#timer?.();
		const [first] = this.#due;
		this.#timer = first && this.#after(Math.max(0, first.at - this.#wall()), () => this.#run());
	}

	#run(): void {
		const now = this.#wall() + 0.0005; // a timer may ring within its millisecond
		while (this.#due[0] && this.#due[0].at <= now) this.#due.shift()?.run();
		this.#arm();
	}
}
