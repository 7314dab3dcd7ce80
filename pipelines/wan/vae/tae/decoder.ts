import type { Engine, Tensor } from "mutoscope/inference";
import { batches, joined } from "../batches.ts";
import { type Output, PICTURES, type Pictures } from "../half.ts";
import { LATENT_CHANNELS, PIXELS_PER_LATENT } from "../latents.ts";
import { StreamingModel, type StreamMemory } from "../stream.ts";
import type { TaeHalfOptions } from "./encoder.ts";
import { drawTaeDecoder, WAN_GROW } from "./graphs.ts";

/** Frames at the beginning of a stream that come before its first picture. */
const BEFORE_FIRST = 3;

/** How the tiny decoder is opened. */
export interface TaeDecoderOptions<O extends Output> extends TaeHalfOptions {
	readonly output: O;
	/** Frames that each level makes of one. Default: Wan's. */
	readonly grow?: readonly number[];
}

/** Latents → frames with the tiny autoencoder. Any number of streams by turns, one run at a time. */
export class TaeDecoder<O extends Output> implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #options: TaeDecoderOptions<O>;
	readonly #model: StreamingModel;

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: TaeDecoderOptions<O>) {
		const { weights, size, dtype, loading = {}, normalise, output, grow = WAN_GROW } = options;
		this.#engine = engine;
		this.#options = options;
		this.#model = new StreamingModel(engine, {
			dtype,
			loading,
			startsFromZeros: true,
			draw: () =>
				drawTaeDecoder(weights, { size, dtype, normalise, output, grow, early: engine.provider.id === "cpu" }),
		});
	}

	/** Loads the model. Errors: those of `Engine.model`. */
	load(): Promise<void> {
		return this.#model.load();
	}

	/**
	 * Decodes the next latents of a stream, float32 [latents, 16, height / 8, width / 8]: each is four frames, of which the first
	 * three of a stream are left out. Raw frames are about 0 to 1, not clamped.
	 */
	async decode(memory: StreamMemory, latents: Float32Array, signal?: AbortSignal): Promise<Pictures<O>> {
		const { size, together, output } = this.#options;
		const shape = [LATENT_CHANNELS, size.height / PIXELS_PER_LATENT, size.width / PIXELS_PER_LATENT];
		const area = shape.reduce((product, length) => product * length);
		const picture = size.height * size.width * (output === "rgba" ? 4 : 3);
		let skipped = memory.begun ? 0 : BEFORE_FIRST * picture;
		const parts: Pictures<O>[] = [];
		let at = 0;
		for (const count of batches(latents.length / area, together, 1)) {
			const part = latents.subarray(at * area, (at + count) * area);
			using feed = this.#engine.tensor("float32", [count, ...shape], part);
			using frames = (await this.#model.run(memory, { latents: feed }, signal)).frames as Tensor;
			parts.push((frames.data as Pictures<O>).slice(skipped) as Pictures<O>);
			skipped = 0;
			at += count;
		}
		return joined(parts, PICTURES[output]);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#model[Symbol.asyncDispose]();
	}
}
