/** The streams of frames that are encoded beside each other. */
export type EncodeStream =
	/** The video that is turned into another. */
	| "main"
	/** What VACE keeps. */
	| "inactive"
	/** What VACE makes anew. */
	| "reactive"
	/** None: the frames stand alone, and nothing is remembered of them. */
	| "none";

/** How frames are encoded. */
export interface EncodeOptions {
	/** Which stream they continue; `main` unless given. */
	readonly stream?: EncodeStream;
	/** Ends the work soon; the stream starts anew then. */
	readonly signal?: AbortSignal;
}

/**
 * Pictures ↔ latents, in streams: each call goes on where the last one ended. One call at a time.
 *
 * Pictures go in as float32 [frames, 3, height, width] of −1 to 1, and come out as bytes [frames, height, width, 4], RGBA.
 * Latents are float32 [latents, 16, height / 8, width / 8]. Four frames are one latent frame; how the first ones count,
 * each says.
 */
export interface Vae extends AsyncDisposable {
	/** Loads the decoder and, unless only text makes pictures, the encoder. Errors: those of `Engine.model`. */
	load(options?: { readonly encoder?: boolean }): Promise<void>;
	/** Frames → latents. Frames that are too few for a latent frame are lost. Errors: those of a model's run. */
	encode(pixels: Float32Array, options?: EncodeOptions): Promise<Float32Array>;
	/** Latents → frames. */
	decode(latents: Float32Array, signal?: AbortSignal): Promise<Uint8Array>;
	/** Forgets all streams: the next frames are first ones. */
	reset(): void;
}
