import type { Engine } from "mutoscope/inference";
import { StreamMemory } from "../stream.ts";
import type { EncodeOptions, EncodeStream, Vae } from "../vae.ts";
import { TaeDecoder } from "./decoder.ts";
import { TaeEncoder, type TaeHalfOptions } from "./encoder.ts";

/**
 * The tiny autoencoder for Wan 2.1's latents (TAEHV, madebyollin/taehv), and LightTAE.
 *
 * Encoding: four frames are a latent frame; the last frame is repeated until they are. Decoding: each latent frame is four
 * frames, of which the first three of a stream are left out. Every stream remembers by itself.
 */
export class TaeVae implements Vae {
	readonly #encoder: TaeEncoder;
	readonly #decoder: TaeDecoder<"rgba">;
	readonly #encoded = new Map<EncodeStream, StreamMemory>();
	readonly #decoded = new StreamMemory();

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: TaeHalfOptions) {
		this.#encoder = new TaeEncoder(engine, options);
		this.#decoder = new TaeDecoder(engine, { ...options, output: "rgba" });
	}

	async load({ encoder = true }: { readonly encoder?: boolean } = {}): Promise<void> {
		await this.#decoder.load();
		if (encoder) await this.#encoder.load();
	}

	async encode(pixels: Float32Array, { stream = "main", signal }: EncodeOptions = {}): Promise<Float32Array> {
		using apart = stream === "none" ? new StreamMemory() : undefined;
		return await this.#encoder.encode(apart ?? this.#memory(stream), pixels, signal);
	}

	decode(latents: Float32Array, signal?: AbortSignal): Promise<Uint8Array> {
		return this.#decoder.decode(this.#decoded, latents, signal);
	}

	reset(): void {
		for (const memory of [this.#decoded, ...this.#encoded.values()]) memory.begun = false;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#encoder[Symbol.asyncDispose]();
		await this.#decoder[Symbol.asyncDispose]();
		for (const memory of [this.#decoded, ...this.#encoded.values()]) memory[Symbol.dispose]();
	}

	#memory(stream: EncodeStream): StreamMemory {
		let memory = this.#encoded.get(stream);
		if (!memory) {
			memory = new StreamMemory();
			this.#encoded.set(stream, memory);
		}
		return memory;
	}
}
