import { DTYPES, type DType, type Engine, type ModelOptions, Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import type { HalfOptions } from "./half.ts";
import { TaeVae } from "./tae/tae.ts";
import type { Vae } from "./vae.ts";
import { WanVae } from "./wan/wan.ts";

/** Which autoencoder: Wan 2.1's, the same at a quarter of the widths, or the tiny ones for either. */
export type VaeType = "wan" | "lightvae" | "tae" | "lighttae";

/** How an autoencoder is opened. */
export interface VaeOptions {
	readonly type: VaeType;
	/** Path of its weights. */
	readonly weights: string | readonly string[];
	/** Size of the pictures; both sides multiples of 16. */
	readonly size: Size;
	/** Whether latents of `wan` and `lightvae` come normalised. All pipelines but StreamDiffusionV2 want that. Default true. */
	readonly normalise?: boolean;
	/** Whether VACE's streams remember apart from the video's with `wan` and `lightvae`; Daydream Scope's do not. */
	readonly separateStreams?: boolean;
	/** Type that is computed in. Default: float32 where the provider computes in that, else float16. */
	readonly dtype?: DType;
	/** Bytes that the activations of a run may take, about. More lets more frames be computed at once. Default 2 GiB. */
	readonly budget?: number;
}

/** Weights beyond this many bytes are used as they lie in the file where the CPU computes. */
const LARGE = 256 * 2 ** 20;

/** How often a frame at full size and width is held at once: what a convolution reads, three frames wide, and what it adds to. */
const HELD = 7;

/** Opens an autoencoder. Nothing is loaded before `load` or the first frames. Errors: `weight/file`, `weight/missing`. */
export async function openVae(engine: Engine, options: VaeOptions): Promise<Vae> {
	const { type, size, budget = 2 * 2 ** 30 } = options;
	const weights = await Weights.open(options.weights, { strip: ["model.", "module.", "vae."] });
	const dtype = options.dtype ?? (engine.provider.dtype === "float32" ? "float32" : "float16");
	const tiny = type === "tae" || type === "lighttae";
	const width = weights.get(tiny ? "decoder.22.weight" : "decoder.head.2.weight").shape[1] ?? 0;
	const perLatent = 4 * HELD * width * size.width * size.height * DTYPES[dtype].bytes;
	const together = Math.max(1, Math.floor(budget / perLatent));
	const half: HalfOptions = { weights, size, dtype, together, loading: loading(engine, weights) };
	if (tiny) return new TaeVae(engine, { ...half, normalise: type === "lighttae" });
	const { normalise = true, separateStreams = false } = options;
	return new WanVae(engine, { ...half, normalise, separateStreams });
}

function loading({ provider }: Engine, weights: Weights): Pick<ModelOptions, "optimise" | "prepack"> {
	const bytes = weights.names.reduce((sum, name) => sum + weights.get(name).length, 0);
	return provider.id === "cpu" && bytes > LARGE ? { optimise: "basic", prepack: false } : {};
}
