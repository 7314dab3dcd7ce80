import type { Engine, Tensor } from "mutoscope/inference";
import { batches, joined } from "../batches.ts";
import type { HalfOptions } from "../half.ts";
import { StreamingModel, type StreamMemory } from "../stream.ts";
import { drawTaeEncoder } from "./graphs.ts";

/** Frames that one latent frame stands for. */
const FRAMES = 4;

/** How either half of the tiny autoencoder is opened. */
export interface TaeHalfOptions extends HalfOptions {
	/** Whether its own latents are other than the transformer's: those of LightTAE are. */
	readonly normalise: boolean;
}

/** Frames → latents with the tiny autoencoder. Any number of streams by turns, one run at a time. */
export class TaeEncoder implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #options: TaeHalfOptions;
	readonly #model: StreamingModel;

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: TaeHalfOptions) {
		const { weights, size, dtype, loading = {}, normalise } = options;
		this.#engine = engine;
		this.#options = options;
		this.#model = new StreamingModel(engine, {
			dtype,
			loading,
			startsFromZeros: true,
			draw: () => drawTaeEncoder(weights, { size, dtype, normalise }),
		});
	}

	/** Loads the model. Errors: those of `Engine.model`. */
	load(): Promise<void> {
		return this.#model.load();
	}

	/**
	 * Encodes the next frames of a stream, float32 [frames, 3, height, width] of −1 to 1: every four are a latent frame, float32
	 * [latents, 16, height / 8, width / 8]. The last frame is repeated until they are a multiple of four, and remembered so.
	 */
	async encode(memory: StreamMemory, pixels: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
		const { size, together } = this.#options;
		const area = 3 * size.height * size.width;
		const whole = padded(pixels, area);
		const parts: Float32Array[] = [];
		let at = 0;
		for (const frames of batches(whole.length / area, FRAMES * together, FRAMES)) {
			const part = whole.subarray(at * area, (at + frames) * area);
			using feed = this.#engine.tensor("float32", [frames, 3, size.height, size.width], part);
			using latents = (await this.#model.run(memory, { pixels: feed }, signal)).latents as Tensor;
			parts.push((latents.data as Float32Array).slice());
			at += frames;
		}
		return joined(parts, Float32Array);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#model[Symbol.asyncDispose]();
	}
}

/** Frames of `area` numbers each, the last one repeated until they are a multiple of four. */
function padded(pixels: Float32Array, area: number): Float32Array {
	const group = FRAMES * area;
	const short = (group - (pixels.length % group)) % group;
	if (short === 0) return pixels;
	const whole = new Float32Array(pixels.length + short);
	whole.set(pixels);
	for (let at = pixels.length; at < whole.length; at += area) whole.copyWithin(at, at - area, at);
	return whole;
}
