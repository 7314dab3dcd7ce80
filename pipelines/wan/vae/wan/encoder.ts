import type { Engine, Tensor } from "mutoscope/inference";
import { batches, joined } from "../batches.ts";
import type { HalfOptions } from "../half.ts";
import { StreamingModel, type StreamMemory } from "../stream.ts";
import { drawEncoder } from "./graphs.ts";

/** Frames that one latent frame stands for, after the first. */
const FRAMES = 4;

/** Latents of frames: as they are, and as the transformer sees them. */
export interface Encoded {
	/** float32 [latents, 16, height / 8, width / 8]. */
	readonly mu: Float32Array;
	/** The same with mean 0 and deviation 1 in each channel. */
	readonly latents: Float32Array;
}

/** Frames → latents with the autoencoder of Wan 2.1. Any number of streams by turns, one run at a time. */
export class WanEncoder implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #options: HalfOptions;
	readonly #model: StreamingModel;

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: HalfOptions) {
		const { weights, size, dtype, loading = {} } = options;
		this.#engine = engine;
		this.#options = options;
		this.#model = new StreamingModel(engine, {
			dtype,
			loading,
			startsFromZeros: false,
			draw: (starts) => drawEncoder(weights, { size, dtype, starts }),
		});
	}

	/** Loads the model. Errors: those of `Engine.model`. */
	load(): Promise<void> {
		return this.#model.load();
	}

	/**
	 * Encodes the next frames of a stream, float32 [frames, 3, height, width] of −1 to 1. The first frame of a stream is a latent
	 * frame, then every four. What is left over after the first batch of a stream leaves its trace in what is remembered; later
	 * it is as if it had not come.
	 */
	async encode(memory: StreamMemory, pixels: Float32Array, signal?: AbortSignal): Promise<Encoded> {
		const { size, together } = this.#options;
		const area = 3 * size.height * size.width;
		const count = pixels.length / area;
		const runs = memory.begun
			? batches(count - (count % FRAMES), FRAMES * together, FRAMES)
			: [1, ...batches(count - 1, FRAMES * together, FRAMES)].slice(0, count);
		const parts: Encoded[] = [];
		let at = 0;
		for (const frames of runs) {
			const part = pixels.subarray(at * area, (at + frames) * area);
			using feed = this.#engine.tensor("float32", [frames, 3, size.height, size.width], part);
			const outputs = await this.#model.run(memory, { pixels: feed }, signal);
			using mu = outputs.mu as Tensor;
			using latents = outputs.latents as Tensor;
			parts.push({ mu: (mu.data as Float32Array).slice(), latents: (latents.data as Float32Array).slice() });
			at += frames;
		}
		const all = (of: keyof Encoded): Float32Array =>
			joined(
				parts.map((part) => part[of]),
				Float32Array,
			);
		return { mu: all("mu"), latents: all("latents") };
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#model[Symbol.asyncDispose]();
	}
}
