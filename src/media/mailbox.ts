/** One slot between somebody who gives and somebody who takes: the newest wins, and what it replaces is closed. */
export class Mailbox<T extends Disposable> implements Disposable {
	#item: T | undefined;
	#wake: (() => void) | undefined;
	#closed = false;
	#dropped = 0;

	/** How many were replaced before anybody took them. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Takes `item` over; closes it at once if the mailbox was closed. */
	put(item: T): void {
		if (this.#closed) {
			item[Symbol.dispose]();
			return;
		}
		if (this.#item) {
			this.#dropped++;
			this.#item[Symbol.dispose]();
		}
		this.#item = item;
		this.#wake?.();
	}

	/** What lies there now, without waiting. The caller closes it. */
	poll(): T | undefined {
		const item = this.#item;
		this.#item = undefined;
		return item;
	}

	/**
	 * What lies there, as soon as something does. The caller closes it. `undefined` once closed. Rejects with the signal's
	 * reason when it aborts. For one taker at a time.
	 */
	async take(signal?: AbortSignal): Promise<T | undefined> {
		for (;;) {
			signal?.throwIfAborted();
			if (this.#item || this.#closed) return this.poll();
			await new Promise<void>((resolve) => {
				this.#wake = () => {
					signal?.removeEventListener("abort", resolve as () => void);
					resolve();
				};
				signal?.addEventListener("abort", this.#wake, { once: true });
			});
			this.#wake = undefined;
		}
	}

	/** Closes what lies there, and ends who waits. May be called twice. */
	close(): void {
		this.#closed = true;
		this.poll()?.[Symbol.dispose]();
		this.#wake?.();
	}

	[Symbol.dispose](): void {
		this.close();
	}
}
