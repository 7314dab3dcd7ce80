/** When to try again: delays that double from `first` to `most`, shaken by up to a quarter so that no two march in step. */
export interface BackoffOptions {
	/** Seconds before the first retry. */
	readonly first: number;
	/** Seconds at most. */
	readonly most: number;
	/** 0 to 1, uniformly random. */
	readonly random?: () => number;
}

/** The delay before each retry. */
export class Backoff {
	readonly #options: Required<BackoffOptions>;
	#tries = 0;

	constructor(options: BackoffOptions) {
		this.#options = { random: Math.random, ...options };
	}

	/** Seconds to wait before the next try. */
	next(): number {
		const { first, most, random } = this.#options;
		const delay = Math.min(most, first * 2 ** this.#tries++);
		return delay * (1 - random() / 4);
	}

	/** Forgets the failures: it works again. */
	reset(): void {
		this.#tries = 0;
	}
}
