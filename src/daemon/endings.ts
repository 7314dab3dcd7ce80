import type { Log } from "../base/log.ts";

/** Things that are being closed in the background. */
export class Endings {
	readonly #log: Log;
	readonly #under = new Set<Promise<void>>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** Closes something, then calls `then`. A failure is logged. */
	end(thing: AsyncDisposable, then: () => void = () => {}): void {
		const ended = this.#end(thing)
			.then(then)
			.finally(() => this.#under.delete(ended));
		this.#under.add(ended);
	}

	/** Resolves once everything that was being closed is. */
	async settled(): Promise<void> {
		await Promise.all(this.#under);
	}

	async #end(thing: AsyncDisposable): Promise<void> {
		try {
			await thing[Symbol.asyncDispose]();
		} catch (error) {
			this.#log.error("a process did not end", { error });
		}
	}
}
