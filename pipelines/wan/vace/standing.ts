import type { EncodeOptions, Vae } from "../vae/vae.ts";

/**
 * An encoder that encodes a picture which stands alone once: a reference is the same array in every chunk, and what comes out of
 * it the same latents.
 */
export class StandingEncoder implements Pick<Vae, "encode"> {
	readonly #vae: Pick<Vae, "encode">;
	readonly #known = new WeakMap<Float32Array, Float32Array>();

	constructor(vae: Pick<Vae, "encode">) {
		this.#vae = vae;
	}

	/** As the encoder's own; what was encoded alone before is the same array again. */
	async encode(pixels: Float32Array, options: EncodeOptions = {}): Promise<Float32Array> {
		if (options.stream !== "none") return this.#vae.encode(pixels, options);
		const known = this.#known.get(pixels);
		if (known) return known;
		const latents = await this.#vae.encode(pixels, options);
		this.#known.set(pixels, latents);
		return latents;
	}
}
