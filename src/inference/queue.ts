/** Does one thing at a time, in the order of asking. */
export class Queue {
	#last: Promise<unknown> = Promise.resolve();
	#open = 0;

	/** Whether something is being done or waits. */
	get busy(): boolean {
		return this.#open > 0;
	}

	/** Does it after all that was asked before, whatever came of that. What is aborted while it waits is not begun. */
	async add<T>(act: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
		const before = this.#last;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#last = promise;
		this.#open++;
		try {
			await before;
			signal?.throwIfAborted();
			return await act();
		} finally {
			this.#open--;
			resolve();
		}
	}

	/** Resolves when all that was asked until now is done. */
	async idle(): Promise<void> {
		await this.#last;
	}
}
