import type { Dispose } from "../base/dispose.ts";

/** Wakes whoever waits for something to happen: a parameter was turned, a pipeline is ready. */
export class Bell {
	readonly #listeners = new Set<() => void>();

	/** Something happened. */
	ring(): void {
		for (const listener of [...this.#listeners]) listener();
	}

	/** Calls `listener` at every ring until disposed. */
	listen(listener: () => void): Dispose {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Resolves at the next ring, or after `seconds` if given. Rejects with the signal's reason. */
	heard(signal: AbortSignal, seconds?: number): Promise<void> {
		if (signal.aborted) return Promise.reject(signal.reason);
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const unlisten = this.listen(resolve);
		const abort = () => reject(signal.reason);
		signal.addEventListener("abort", abort);
		const timer = seconds === undefined ? undefined : setTimeout(resolve, seconds * 1000);
		return promise.finally(() => {
			unlisten();
			signal.removeEventListener("abort", abort);
			clearTimeout(timer);
		});
	}
}
