import type { Engine, Tensor } from "mutoscope/inference";
import { batches, joined } from "../batches.ts";
import { type HalfOptions, type Output, PICTURES, type Pictures } from "../half.ts";
import { LATENT_CHANNELS, PIXELS_PER_LATENT } from "../latents.ts";
import { StreamingModel, type StreamMemory } from "../stream.ts";
import { drawDecoder } from "./graphs.ts";

/** Latents → frames with the autoencoder of Wan 2.1. Any number of streams by turns, one run at a time. */
export class WanDecoder<O extends Output> implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #options: HalfOptions & { readonly output: O };
	readonly #model: StreamingModel;

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: HalfOptions & { readonly output: O }) {
		const { weights, size, dtype, loading = {}, output } = options;
		this.#engine = engine;
		this.#options = options;
		this.#model = new StreamingModel(engine, {
			dtype,
			loading,
			startsFromZeros: false,
			draw: (starts) => drawDecoder(weights, { size, dtype, starts, output }),
		});
	}

	/** Loads the model. Errors: those of `Engine.model`. */
	load(): Promise<void> {
		return this.#model.load();
	}

	/**
	 * Decodes the next latents of a stream, float32 [latents, 16, height / 8, width / 8], normalised. The first one of a stream
	 * gives one frame, every later one four. Raw frames are about −1 to 1, not clamped.
	 */
	async decode(memory: StreamMemory, latents: Float32Array, signal?: AbortSignal): Promise<Pictures<O>> {
		const { size, together, output } = this.#options;
		const shape = [LATENT_CHANNELS, size.height / PIXELS_PER_LATENT, size.width / PIXELS_PER_LATENT];
		const area = shape.reduce((product, length) => product * length);
		const count = latents.length / area;
		const runs = memory.begun ? batches(count, together, 1) : [1, ...batches(count - 1, together, 1)].slice(0, count);
		const parts: Pictures<O>[] = [];
		let at = 0;
		for (const some of runs) {
			const part = latents.subarray(at * area, (at + some) * area);
			using feed = this.#engine.tensor("float32", [some, ...shape], part);
			using frames = (await this.#model.run(memory, { latents: feed }, signal)).frames as Tensor;
			parts.push((frames.data as Pictures<O>).slice() as Pictures<O>);
			at += some;
		}
		return joined(parts, PICTURES[output]);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#model[Symbol.asyncDispose]();
	}
}
