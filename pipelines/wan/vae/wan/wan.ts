import type { Engine } from "mutoscope/inference";
import type { HalfOptions } from "../half.ts";
import { StreamMemory } from "../stream.ts";
import type { EncodeOptions, EncodeStream, Vae } from "../vae.ts";
import { WanDecoder } from "./decoder.ts";
import { WanEncoder } from "./encoder.ts";

/** How Wan's autoencoder is opened. The weights lie under the names of Wan 2.1's file; LightVAE's are narrower. */
export interface WanVaeOptions extends HalfOptions {
	/** Whether latents come normalised, as all pipelines but StreamDiffusionV2 expect them. Default true. */
	readonly normalise?: boolean;
	/**
	 * Whether the streams `inactive` and `reactive` remember apart from `main`. By default all three go through one memory,
	 * one after another, as in Daydream Scope: the seams differ a little.
	 */
	readonly separateStreams?: boolean;
}

/**
 * The autoencoder of Wan 2.1 (arXiv 2503.20314), and LightVAE.
 *
 * Encoding: the first frame of a stream is a latent frame of its own, then four are one. Until something has been decoded
 * every call to `encode` starts its stream anew. Decoding: the first latent frame is one frame, every later one four.
 */
export class WanVae implements Vae {
	readonly #encoder: WanEncoder;
	readonly #decoder: WanDecoder<"rgba">;
	readonly #normalise: boolean;
	readonly #separate: boolean;
	readonly #encoded = new Map<EncodeStream, StreamMemory>();
	readonly #decoded = new StreamMemory();
	/** Whether nothing was decoded since the last reset. */
	#first = true;

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: WanVaeOptions) {
		this.#encoder = new WanEncoder(engine, options);
		this.#decoder = new WanDecoder(engine, { ...options, output: "rgba" });
		this.#normalise = options.normalise ?? true;
		this.#separate = options.separateStreams ?? false;
	}

	async load({ encoder = true }: { readonly encoder?: boolean } = {}): Promise<void> {
		await this.#decoder.load();
		if (encoder) await this.#encoder.load();
	}

	async encode(pixels: Float32Array, { stream = "main", signal }: EncodeOptions = {}): Promise<Float32Array> {
		using apart = stream === "none" ? new StreamMemory() : undefined;
		const memory = apart ?? this.#memory(stream);
		if (this.#first) memory.begun = false;
		const { mu, latents } = await this.#encoder.encode(memory, pixels, signal);
		return this.#normalise ? latents : mu;
	}

	decode(latents: Float32Array, signal?: AbortSignal): Promise<Uint8Array> {
		this.#first = false;
		return this.#decoder.decode(this.#decoded, latents, signal);
	}

	reset(): void {
		this.#first = true;
		for (const memory of [this.#decoded, ...this.#encoded.values()]) memory.begun = false;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#encoder[Symbol.asyncDispose]();
		await this.#decoder[Symbol.asyncDispose]();
		for (const memory of [this.#decoded, ...this.#encoded.values()]) memory[Symbol.dispose]();
	}

	#memory(stream: EncodeStream): StreamMemory {
		const key = this.#separate ? stream : "main";
		let memory = this.#encoded.get(key);
		if (!memory) {
			memory = new StreamMemory();
			this.#encoded.set(key, memory);
		}
		return memory;
	}
}
