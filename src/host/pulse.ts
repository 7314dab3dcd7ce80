import type { RestartPolicy } from "./policy.ts";

/** Listens for a child's signs of life. */
export class Pulse implements Disposable {
	readonly #timer: NodeJS.Timeout;
	#heard = false;
	#ever = false;
	#missed = 0;

	/** Calls `dead` once, with a reason, when none was heard for too long. */
	constructor({ heartbeat, silence, start }: RestartPolicy, dead: (reason: string) => void) {
		// Counted in ticks of our own loop: if it was us who slept, the child's messages are read before the next tick.
		this.#timer = setInterval(() => {
			this.#missed = this.#heard ? 0 : this.#missed + 1;
			this.#heard = false;
			const limit = this.#ever ? silence : start;
			if (this.#missed * heartbeat < limit) return;
			this[Symbol.dispose]();
			dead(this.#ever ? `it gave no sign of life for ${silence} s` : `it did not start within ${start} s`);
		}, heartbeat * 1000);
	}

	/** The child lives. */
	beat(): void {
		this.#heard = true;
		this.#ever = true;
	}

	/** Stops listening. */
	[Symbol.dispose](): void {
		clearInterval(this.#timer);
	}
}
