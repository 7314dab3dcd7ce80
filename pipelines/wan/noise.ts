import { setImmediate } from "node:timers/promises";
import { philox } from "./philox.ts";

const WORD = 2 ** 32;
const TURN = (2 * Math.PI) / WORD;
/** Numbers that are made in about a millisecond; a multiple of four. */
const SLICE = 24_576;

/**
 * The random numbers of one chunk: standard normal, fp32, the same for a seed on every device and in every process,
 * because they are made here, in fp64, and rounded once.
 *
 * Philox in counter order, by the transform of Box and Muller (1958, "A note on the generation of random normal
 * deviates"): draw n, element 4i + j comes from the counter (i, n) and the key `seed + start`.
 */
export class Noise {
	readonly #key: readonly [number, number];
	#draws = 0;

	/**
	 * @param seed the session's seed, a whole number from 0 up.
	 * @param start the absolute index of the chunk's first latent frame. Each chunk begins anew, so a session that was
	 *   reset shows the same pictures again.
	 */
	constructor(seed: number, start: number) {
		const sum = seed + start;
		this.#key = [sum >>> 0, Math.floor(sum / WORD) >>> 0];
	}

	/**
	 * The next draw: first the chunk's initial noise, then one for each step but the last. Made a slice at a time, so that the
	 * event loop goes on.
	 */
	async draw(length: number): Promise<Float32Array> {
		const draw = this.#draws++;
		const values = new Float32Array(length);
		for (let from = 0; from < length; from += SLICE) {
			if (from > 0) await setImmediate();
			this.#fill(values, draw, from, Math.min(from + SLICE, length));
		}
		return values;
	}

	#fill(values: Float32Array, draw: number, from: number, to: number): void {
		const words = new Uint32Array(4);
		for (let i = from; i < to; i += 4) {
			words.fill(0);
			words[0] = i / 4;
			words[2] = draw;
			philox(words, this.#key);
			// Writing over the end of `values` does nothing.
			for (let pair = 0; pair < 4; pair += 2) {
				const radius = Math.sqrt(-2 * Math.log(((words[pair] as number) + 0.5) / WORD));
				const angle = TURN * (words[pair + 1] as number);
				values[i + pair] = radius * Math.cos(angle);
				values[i + pair + 1] = radius * Math.sin(angle);
			}
		}
	}
}
