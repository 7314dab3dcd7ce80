import type { EncodeOptions, Vae } from "../vae/vae.ts";

/** Equal answers in a row after which a stream is at rest. Until then it takes up to ten: each layer settles after the last. */
const REST = 3;

/**
 * An encoder that is not asked again for what cannot change. A video without a mask keeps nothing, so that the stream of what
 * is kept is mid-grey for ever, and costs as much as the other: once its latents are the same again and again they are given
 * without encoding. What comes to be kept later goes on from the same grey.
 *
 * Only where the streams remember apart; else what is kept is the past of what is changed.
 */
export class RestingEncoder implements Pick<Vae, "encode"> {
	readonly #vae: Pick<Vae, "encode">;
	#grey: { readonly length: number; readonly latents: Float32Array; readonly times: number } | undefined;

	constructor(vae: Pick<Vae, "encode">) {
		this.#vae = vae;
	}

	/** As the encoder's own; the latents of a stream at rest are the same array each time. */
	async encode(pixels: Float32Array, options: EncodeOptions = {}): Promise<Float32Array> {
		if (options.stream !== "inactive") return this.#vae.encode(pixels, options);
		const before = this.#grey;
		this.#grey = undefined;
		if (!isGrey(pixels)) return this.#vae.encode(pixels, options);
		const { length } = pixels;
		const known = before?.length === length ? before : undefined;
		if (known && known.times >= REST) {
			this.#grey = known;
			return known.latents;
		}
		const latents = await this.#vae.encode(pixels, options);
		const same = known !== undefined && equal(known.latents, latents);
		this.#grey = { length, latents, times: same ? known.times + 1 : 1 };
		return latents;
	}
}

function isGrey(pixels: Float32Array): boolean {
	for (let i = 0; i < pixels.length; i++) if (pixels[i] !== 0) return false;
	return true;
}

function equal(a: Float32Array, b: Float32Array): boolean {
	return a.length === b.length && a.every((value, i) => value === b[i]);
}
