import { type AttentionForm, type DType, Graph, Layers, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import { tapped } from "./backbone.ts";
import { type DepthConfig, PATCH } from "./config.ts";
import { matrix } from "./cubic.ts";
import { depthOf, resized } from "./head.ts";
import { type Memory, Past } from "./past.ts";
import { resampled } from "./positions.ts";
import { networkSize } from "./size.ts";

/** Means and deviations of ImageNet's colours. */
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

/** How the network is drawn. */
export interface NetworkOptions {
	readonly config: DepthConfig;
	/** The learned positions: `pretrained.pos_embed`, as fp32. */
	readonly positions: Float32Array;
	readonly attention: AttentionForm;
	/** How many frames before are remembered. */
	readonly past: number;
	/** Told of values inside by name. */
	readonly observe?: (graph: Graph, name: string, value: Value) => void;
}

/** How the network is drawn for frames. */
export interface DepthGraphOptions extends NetworkOptions {
	readonly size: Size;
	/** Length of the shorter side for the network. */
	readonly resolution: number;
	readonly dtype: DType;
}

/**
 * The network: normalised pictures [frames, 3, h, w] → depth, float32 [frames, 1, h, w]. Frames of one call see each other, and
 * those before that are remembered.
 */
export function network(
	layers: Layers,
	pictures: Value,
	options: NetworkOptions,
): { depth: Value; memories: readonly Memory[] } {
	const { graph } = layers;
	const { config, positions, attention, observe } = options;
	const [now = 0, , height = 0, width = 0] = pictures.shape.map(Number);
	const grid = { rows: height / PATCH, columns: width / PATCH };
	const backbone = layers.under("pretrained");
	const dim = Number(layers.weight("pretrained.cls_token", pictures).shape[2]);
	const places = resampled(positions, dim, grid);
	const known =
		places === positions
			? backbone.weight("pos_embed", pictures)
			: graph.cast(graph.constant("float32", [1, places.length / dim, dim], places), pictures.dtype);
	const tokens = tapped(backbone, pictures, { ...config, positions: known, attention });
	for (const [i, tap] of config.taps.entries()) observe?.(graph, `tap.${tap}`, tokens[i] as Value);
	const past = new Past(graph, { frames: options.past, now, like: pictures });
	const depth = depthOf(layers.under("head"), tokens, grid, past);
	return { depth, memories: past.memories };
}

/** One frame, uint8 RGBA [1, height, width, 4] (`frame`), → its depth, float32 [height, width] (`depth`): near is large. */
export function drawDepth(
	weights: Weights,
	options: DepthGraphOptions,
): { readonly graph: Graph; readonly memories: readonly Memory[] } {
	const { size, resolution, dtype } = options;
	const graph = new Graph("video-depth-anything");
	const frame = graph.fromRgba(graph.input("frame", "uint8", [1, size.height, size.width, 4]), "float32");
	const inner = networkSize(size, resolution);
	const rows = graph.constant("float32", [inner.height, size.height], matrix(inner.height, size.height));
	const columns = graph.constant("float32", [inner.width, size.width], matrix(inner.width, size.width));
	const scaled = graph.matmul(graph.matmul(rows, graph.div(frame, 255)), graph.transpose(columns, [1, 0]));
	const [mean, std] = [MEAN, STD].map((row) => graph.constant("float32", [1, 3, 1, 1], row)) as [Value, Value];
	const pictures = graph.cast(graph.div(graph.sub(scaled, mean), std), dtype);
	const { depth, memories } = network(new Layers(graph, weights), pictures, options);
	graph.output("depth", graph.reshape(resized(graph, depth, [size.height, size.width]), [size.height, size.width]));
	return { graph, memories };
}
