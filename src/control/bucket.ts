/** Allows `rate` things a second, and `burst` of them at once after a rest. */
export class TokenBucket {
	readonly #rate: number;
	readonly #burst: number;
	#tokens: number;
	#at = Number.NEGATIVE_INFINITY;

	constructor(rate: number, burst: number) {
		this.#rate = rate;
		this.#burst = burst;
		this.#tokens = burst;
	}

	/** Whether `count` more are allowed at `now`, in seconds. If not, none are taken. */
	take(now: number, count = 1): boolean {
		this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#rate);
		this.#at = now;
		if (this.#tokens < count) return false;
		this.#tokens -= count;
		return true;
	}
}
