import type { MemoryNeed } from "mutoscope/sdk";
import type { TransformerSize } from "./artifacts.ts";
import { makingOf } from "./making.ts";
import type { WanValues } from "./params.ts";
import type { Variant } from "./variants.ts";

/** What a size of the transformer takes. */
interface Measures {
	/** Bytes of weights, 16 bits each: the transformer, VACE's branch, and the text encoder, which has 8 bits if it is UMT5-XXL. */
	readonly dit: number;
	readonly vace: number;
	readonly text: number;
	/** Layers and width of the cache of keys and values. */
	readonly layers: number;
	readonly dim: number;
	/**
	 * Activations and what the engine sets aside, per token of a pass, in bytes: measured on no GPU yet, and generous therefore.
	 */
	readonly perToken: number;
}

const MEASURES: Readonly<Record<TransformerSize, Measures>> = {
	"1.3B": { dit: 2.84e9, vace: 1.47e9, text: 6.7e9, layers: 30, dim: 1536, perToken: 400e3 },
	"14B": { dit: 28.6e9, vace: 6.1e9, text: 6.7e9, layers: 40, dim: 5120, perToken: 400e3 },
	"7M": { dit: 15e6, vace: 6e6, text: 2e6, layers: 6, dim: 256, perToken: 200e3 },
};
/** Autoencoders, in 16 bits, and what they remember of a pixel, in bytes. */
const VAE = { wan: 254e6, lightvae: 16e6, tae: 23e6, lighttae: 23e6 } as const;
const REMEMBERED = { wan: 7537, lightvae: 1894, tae: 600, lighttae: 600 } as const;

/**
 * Memory that a pipeline takes while it is open: weights, caches and activations, in 16 bits as on a GPU.
 *
 * Sizes of weights are counted from their shapes. Where there is no GPU all of it lies in main memory, weights being read
 * in place: then only the rest has to be free.
 */
export function needOf(variant: Variant, { width, height, vae, vace }: WanValues): MemoryNeed {
	const { size, chunk, sides, vaes } = variant;
	const type = vae?.type ?? vaes[0];
	const measures = MEASURES[size];
	const pixels = width * height;
	const tokens = pixels / sides ** 2;
	const keys = measures.layers * 2 * makingOf(variant).policy.window * tokens * measures.dim * 2;
	const streams = pixels * REMEMBERED[type];
	const activations = chunk.latents * tokens * measures.perToken;
	const weights = measures.dit + (vace.enabled ? measures.vace : 0) + measures.text + VAE[type];
	return { host: Math.round(keys + streams + activations), device: Math.round(weights + keys + streams + activations) };
}
