import { type DType, Graph, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import { conv, type Drawing, denormalised, doubled, normalised, type Observer, painted } from "../drawing.ts";
import { LATENT_CHANNELS, PIXELS_PER_LATENT } from "../latents.ts";
import { Past } from "../past.ts";
import type { DrawnStream } from "../stream.ts";
import { convDoubled, convHalves } from "./doubling.ts";
import { memBlock, timeGrow, timePool } from "./layers.ts";

/** How a half of the tiny autoencoder is drawn. */
export interface TaeGraphOptions {
	/** Size of the pictures; both sides multiples of 8. */
	readonly size: Size;
	/** Type that is computed in; what goes in and out is float32. */
	readonly dtype: DType;
	/** Whether its own latents are other than the transformer's: those of LightTAE are. */
	readonly normalise: boolean;
	readonly observe?: Observer;
}

/** How the decoder is drawn. */
export interface TaeDecoderOptions extends TaeGraphOptions {
	/** Frames that each of the three levels makes of one. */
	readonly grow: readonly number[];
	readonly output: "rgba" | "raw";
	/** Whether what is done to doubled pictures is done before they are doubled: the same but for rounding, and less work. */
	readonly early?: boolean;
}

/** Frames that Wan's latents ask of the three levels. */
export const WAN_GROW: readonly number[] = [1, 2, 2];

/**
 * The encoder: `pixels` float32 [4 · latents, 3, height, width] of −1 to 1 → `latents` float32
 * [latents, 16, height / 8, width / 8]. TAEHV, madebyollin/taehv: convolutions frame by frame, each block seeing its own
 * input of the frame before. The widths are those of the weights.
 */
export function drawTaeEncoder(weights: Weights, options: TaeGraphOptions): DrawnStream {
	const { graph, drawing } = begin("tae-encoder", weights, options);
	const { size, dtype, normalise } = options;
	const pixels = graph.input("pixels", "float32", ["4*latents", 3, size.height, size.width]);
	let x = graph.cast(graph.add(graph.mul(pixels, 0.5), 0.5), dtype);
	x = graph.relu(conv(drawing, x, "encoder.0", { pads: 1 }));
	for (const first of [2, 7, 12]) {
		x = timePool(drawing, x, `encoder.${first}`);
		x = conv(drawing, x, `encoder.${first + 1}`, { pads: 1, strides: 2 });
		x = blocks(drawing, x, "encoder", first + 2);
	}
	const latents = graph.cast(conv(drawing, x, "encoder.17", { pads: 1 }), "float32");
	graph.output("latents", normalise ? normalised(graph, latents) : latents);
	return { graph, memories: drawing.past.memories };
}

/**
 * The decoder: `latents` float32 [latents, 16, height / 8, width / 8] → `frames`, four for each latent frame. What comes
 * before the first picture of a stream is among them.
 *
 * Frames are `rgba`: bytes [frames, height, width, 4], or `raw`: float32 [frames, 3, height, width], about 0 to 1.
 */
export function drawTaeDecoder(weights: Weights, options: TaeDecoderOptions): DrawnStream {
	const { graph, drawing } = begin("tae-decoder", weights, options);
	const { size, dtype, normalise, grow, output, early = false } = options;
	const [height, width] = [size.height / PIXELS_PER_LATENT, size.width / PIXELS_PER_LATENT];
	const latents = graph.input("latents", "float32", ["latents", LATENT_CHANNELS, height, width]);
	const own = normalise ? denormalised(graph, latents) : latents;
	// Softly clamped: a latent far out would burn in through the memories.
	let x = graph.cast(graph.mul(graph.tanh(graph.div(own, 3)), 3), dtype);
	x = graph.relu(conv(drawing, x, "decoder.1", { pads: 1 }));
	drawing.observe(graph, "stem", x);
	for (const [level, first] of [3, 9, 15].entries()) {
		const small = blocks(drawing, x, "decoder", first);
		const frames = (y: Value) => timeGrow(drawing, y, `decoder.${first + 4}`, grow[level] ?? 1);
		if (early) x = convDoubled(drawing, frames(small), `decoder.${first + 5}`);
		else x = conv(drawing, frames(doubled(drawing, small)), `decoder.${first + 5}`, { pads: 1 });
		if (early && level < 2) x = graph.pixelShuffle(x, 2);
	}
	const last = early
		? graph.pixelShuffle(convHalves(drawing, graph.relu(x), "decoder.22"), 2)
		: conv(drawing, graph.relu(x), "decoder.22", { pads: 1 });
	const pixels = graph.cast(last, "float32");
	graph.output("frames", output === "raw" ? pixels : painted(graph, pixels));
	return { graph, memories: drawing.past.memories };
}

function begin(name: string, weights: Weights, { dtype, observe = () => undefined }: TaeGraphOptions) {
	const graph = new Graph(name);
	const drawing: Drawing = { graph, weights, dtype, past: new Past(graph, dtype, false), observe };
	return { graph, drawing };
}

/** Three blocks from number `first` on. */
function blocks(drawing: Drawing, x: Value, half: string, first: number): Value {
	let so = x;
	for (let i = first; i < first + 3; i++) {
		const name = `${half}.${i}`;
		so = drawing.graph.scope(name, () => memBlock(drawing, so, name));
		drawing.observe(drawing.graph, name, so);
	}
	return so;
}
