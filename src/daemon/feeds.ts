import type { Dispose } from "../base/dispose.ts";

/** Calls listeners with something twice a second, while there are any. */
export class StatusFeed<T> {
	readonly #read: () => T;
	readonly #listeners = new Set<(value: T) => void>();
	#timer: NodeJS.Timeout | undefined;

	constructor(read: () => T) {
		this.#read = read;
	}

	/** Calls `listener` soon, and then twice a second, until disposed. */
	watch(listener: (value: T) => void): Dispose {
		this.#listeners.add(listener);
		setImmediate(() => this.#listeners.has(listener) && listener(this.#read()));
		this.#timer ??= setInterval(() => this.#tell(), 500);
		return () => {
			this.#listeners.delete(listener);
			if (this.#listeners.size > 0) return;
			clearInterval(this.#timer);
			this.#timer = undefined;
		};
	}

	#tell(): void {
		const value = this.#read();
		for (const listener of this.#listeners) listener(value);
	}
}
