import type { DitConfig, LatentSize } from "./config.ts";
import { type StampKeys, stampOf } from "./stamp.ts";

/** Remembers the stamp of the keys that were asked for last: all passes of a chunk have the same, and most chunks. */
export class StampTable {
	readonly #config: DitConfig;
	readonly #size: LatentSize;
	#last: { readonly keys: StampKeys; readonly channels: Float32Array } | undefined;

	constructor(config: DitConfig, size: LatentSize) {
		this.#config = config;
		this.#size = size;
	}

	/** Channels that follow the latents' own, [channels, rows, columns]; none where the model has no stamp. */
	of(keys: StampKeys | undefined): Float32Array {
		const { stamp } = this.#config;
		if (!stamp) return new Float32Array(0);
		if (!keys) throw new TypeError("this transformer is to be told from where its world is seen");
		if (this.#last?.keys.join() !== keys.join()) this.#last = { keys, channels: stampOf(stamp, keys, this.#size) };
		return this.#last.channels;
	}
}
