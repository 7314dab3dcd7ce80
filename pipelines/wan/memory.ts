import type { MemoryNeed } from "mutoscope/sdk";
import type { WanValues } from "./params.ts";
import type { Variant } from "./variants.ts";

/** Bytes of weights, 16 bits each: the transformer, and VACE's branch. */
const WEIGHTS = { "1.3B": { dit: 2.84e9, vace: 1.47e9 }, "14B": { dit: 28.6e9, vace: 6.1e9 } } as const;
/** The text encoder's, in 8-bit floats. */
const TEXT = 6.7e9;
/** Autoencoders, in 16 bits, and what they remember of a pixel, in bytes. */
const VAE = { wan: 254e6, lightvae: 16e6, tae: 23e6, lighttae: 23e6 } as const;
const REMEMBERED = { wan: 7537, lightvae: 1894, tae: 600, lighttae: 600 } as const;
/** Layers, width and window of the cache of keys and values. */
const CACHE = { "1.3B": { layers: 30, dim: 1536 }, "14B": { layers: 40, dim: 5120 } } as const;
const WINDOW = {
	longlive: 12,
	memflow: 12,
	"reward-forcing": 9,
	streamdiffusionv2: 6,
	"krea-realtime-video": 6,
} as const;
/** Activations and what the engine sets aside, per token of a pass: measured on no GPU yet, and generous therefore. */
const PER_TOKEN = 400e3;

/**
 * Memory that a pipeline takes while it is open: weights, caches and activations, in 16 bits as on a GPU.
 *
 * Sizes of weights are counted from their shapes. Where there is no GPU all of it lies in main memory, weights being read
 * in place: then only the rest has to be free.
 */
export function needOf({ id, size, chunk }: Variant, { width, height, vae, vace }: WanValues): MemoryNeed {
	const pixels = width * height;
	const tokens = pixels / 256;
	const { layers, dim } = CACHE[size];
	const keys = layers * 2 * WINDOW[id] * tokens * dim * 2;
	const streams = pixels * REMEMBERED[vae.type];
	const activations = chunk.latents * tokens * PER_TOKEN;
	const weights = WEIGHTS[size].dit + (vace.enabled ? WEIGHTS[size].vace : 0) + TEXT + VAE[vae.type];
	return { host: Math.round(keys + streams + activations), device: Math.round(weights + keys + streams + activations) };
}
