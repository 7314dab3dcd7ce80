/** How much each client may ask for: `burst` at once, `rate` a second in the long run. */
export interface BucketOptions {
	readonly rate: number;
	readonly burst: number;
	/** Seconds on a clock that never jumps. */
	readonly now: () => number;
	/** How many clients are remembered; past that the one that was quiet longest is forgotten. */
	readonly clients?: number;
}

interface Bucket {
	level: number;
	at: number;
}

/** A token bucket for each client. */
export class Buckets {
	readonly #options: Required<BucketOptions>;
	readonly #buckets = new Map<string, Bucket>();

	constructor(options: BucketOptions) {
		this.#options = { clients: 1024, ...options };
	}

	/** Takes one from the client's bucket. Returns 0, or the seconds after which there is one again. */
	take(client: string): number {
		const { rate, burst, clients } = this.#options;
		const now = this.#options.now();
		const bucket = this.#buckets.get(client) ?? { level: burst, at: now };
		bucket.level = Math.min(burst, bucket.level + (now - bucket.at) * rate);
		bucket.at = now;
		this.#buckets.delete(client);
		this.#buckets.set(client, bucket);
		const [oldest] = this.#buckets.keys();
		if (this.#buckets.size > clients && oldest !== undefined) this.#buckets.delete(oldest);
		if (bucket.level < 1) return (1 - bucket.level) / rate;
		bucket.level--;
		return 0;
	}
}
