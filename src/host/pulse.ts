import type { RestartPolicy } from "./policy.ts";

/** Listens for a child's signs of life. */
export class Pulse implements Disposable {
	readonly #timer: NodeJS.Timeout;
	#heard = false;
	#ever = false;
	#ready = false;
	#missed = 0;

	/** Calls `dead` once, with a reason, when none was heard for too long. */
	constructor({ heartbeat, silence, start }: RestartPolicy, dead: (reason: string) => void) {
		// Counted in ticks of our own loop: if it was us who slept, the child's messages are read before the next tick.
		this.#timer = setInterval(() => {
			this.#missed = this.#heard ? 0 : this.#missed + 1;
			this.#heard = false;
			// Loading modules is work without a pause, and on a busy machine a long one.
			const limit = this.#ready ? silence : Math.max(start, silence);
			if (this.#missed * heartbeat < limit) return;
			this[Symbol.dispose]();
			dead(this.#ever ? `it gave no sign of life for ${limit} s` : `it did not start within ${limit} s`);
		}, heartbeat * 1000);
	}

	/** The child lives. */
	beat(): void {
		this.#heard = true;
		this.#ever = true;
	}

	/** The child has loaded what it is for. */
	ready(): void {
		this.#ready = true;
	}

	/** Stops listening. */
	[Symbol.dispose](): void {
		clearInterval(this.#timer);
	}
}
