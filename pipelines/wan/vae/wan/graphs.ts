import { type DType, Graph, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import { conv, type Drawing, denormalised, normalised, type Observer, painted } from "../drawing.ts";
import { LATENT_CHANNELS, PIXELS_PER_LATENT } from "../latents.ts";
import { Past } from "../past.ts";
import type { DrawnStream } from "../stream.ts";
import { causalConv, down, frameAttention, norm, resBlock, up } from "./layers.ts";

/** How a half of the autoencoder is drawn. */
export interface WanGraphOptions {
	/** Size of the pictures; both sides multiples of 8. */
	readonly size: Size;
	/** Type that is computed in; what goes in and out is float32. */
	readonly dtype: DType;
	/** Whether it starts a stream with its first frame, or goes on with any number of frames. */
	readonly starts: boolean;
	readonly observe?: Observer;
}

/**
 * The encoder: `pixels` float32 [frames, 3, height, width] of −1 to 1 → `mu` and, normalised, `latents`, float32
 * [frames, 16, height / 8, width / 8]. The first frame of a stream gives one latent frame, every later four give another.
 *
 * The widths are those of the weights: Wan 2.1's and LightVAE's differ in nothing else (Wan team 2025, arXiv 2503.20314).
 */
export function drawEncoder(weights: Weights, options: WanGraphOptions): DrawnStream {
	const { graph, drawing, picture } = begin("vae-encoder", weights, options);
	const pixels = graph.input("pixels", "float32", [options.starts ? 1 : "frames", 3, ...picture(1)]);
	let x = causalConv(drawing, graph.cast(pixels, options.dtype), "encoder.conv1");
	x = levels(drawing, x, "encoder.downsamples", down);
	x = head(drawing, levels(drawing, x, "encoder.middle", down), "encoder.head");
	const mu = graph.cast(graph.slice(conv(drawing, x, "conv1"), 1, 0, LATENT_CHANNELS), "float32");
	graph.output("mu", mu);
	graph.output("latents", normalised(graph, mu));
	return { graph, memories: drawing.past.memories };
}

/**
 * The decoder: normalised `latents` float32 [latents, 16, height / 8, width / 8] → `frames`. The first latent frame of a
 * stream gives one frame, every later one four.
 *
 * Frames are `rgba`: bytes [frames, height, width, 4], or `raw`: float32 [frames, 3, height, width], about −1 to 1.
 */
export function drawDecoder(
	weights: Weights,
	options: WanGraphOptions & { readonly output: "rgba" | "raw" },
): DrawnStream {
	const { graph, drawing, picture } = begin("vae-decoder", weights, options);
	const { observe } = drawing;
	const shape = [options.starts ? 1 : "latents", LATENT_CHANNELS, ...picture(PIXELS_PER_LATENT)];
	const latents = denormalised(graph, graph.input("latents", "float32", shape));
	observe(graph, "denormalised", latents);
	let x = causalConv(drawing, conv(drawing, graph.cast(latents, options.dtype), "conv2"), "decoder.conv1");
	observe(graph, "conv1", x);
	x = levels(drawing, x, "decoder.middle", up);
	x = head(drawing, levels(drawing, x, "decoder.upsamples", up), "decoder.head");
	const pixels = graph.cast(x, "float32");
	graph.output("frames", options.output === "raw" ? pixels : painted(graph, graph.add(graph.mul(pixels, 0.5), 0.5)));
	return { graph, memories: drawing.past.memories };
}

function begin(name: string, weights: Weights, { size, dtype, starts, observe = () => undefined }: WanGraphOptions) {
	const graph = new Graph(`${name}-${starts ? "start" : "steady"}`);
	const drawing: Drawing = { graph, weights, dtype, past: new Past(graph, dtype, starts), observe };
	const picture = (by: number): [number, number] => [size.height / by, size.width / by];
	return { graph, drawing, picture };
}

/** The blocks numbered under `prefix`, one after another; what each is, its weights tell. */
function levels(drawing: Drawing, x: Value, prefix: string, resample: typeof down): Value {
	const { graph, weights, observe } = drawing;
	const at = (i: number): string => `${prefix}.${i}`;
	let so = x;
	for (let i = 0; ; i++) {
		const name = at(i);
		const kind = weights.has(`${name}.residual.0.gamma`)
			? resBlock
			: weights.has(`${name}.to_qkv.weight`)
				? frameAttention
				: weights.has(`${name}.resample.1.weight`)
					? resample
					: undefined;
		if (!kind) return so;
		so = graph.scope(name, () => kind(drawing, so, name));
		observe(graph, name, so);
	}
}

function head(drawing: Drawing, x: Value, name: string): Value {
	return causalConv(drawing, drawing.graph.silu(norm(drawing, x, `${name}.0`)), `${name}.2`);
}
