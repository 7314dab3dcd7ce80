import type { DType, ModelOptions, Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";

/** How one half of an autoencoder is opened. */
export interface HalfOptions {
	readonly weights: Weights;
	/** Size of the pictures; both sides multiples of 16. */
	readonly size: Size;
	/** Type that is computed in. */
	readonly dtype: DType;
	/** Latent frames that are computed together: more are faster and need more memory. The results are the same. */
	readonly together: number;
	/** How its models are loaded. */
	readonly loading?: Pick<ModelOptions, "optimise" | "prepack">;
}

/** How pictures come out of a decoder: as bytes RGBA [frames, height, width, 4], or as floats [frames, 3, height, width]. */
export type Output = "rgba" | "raw";

/** The array of an output. */
export type Pictures<O extends Output> = O extends "rgba" ? Uint8Array : Float32Array;

/** What makes the array of an output. */
export const PICTURES: { readonly [O in Output]: new (length: number) => Pictures<O> } = {
	rgba: Uint8Array,
	raw: Float32Array,
};
