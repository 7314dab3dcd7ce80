/** Does one thing at a time, in the order of asking. */
export class Queue {
	#last: Promise<unknown> = Promise.resolve();

	/** Does it after all that was asked before, whatever came of that. What is aborted while it waits is not begun. */
	add<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const turn = this.#last.then(() => {
			signal?.throwIfAborted();
			return act();
		});
		this.#last = turn.catch(() => {});
		return turn;
	}

	/** Resolves when all that was asked until now is done. */
	async idle(): Promise<void> {
		await this.#last;
	}
}
