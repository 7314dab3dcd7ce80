import type { DType, Graph, Value, WeightRef, Weights } from "mutoscope/inference";
import { LATENT_CHANNELS, LATENT_MEAN, LATENT_STD } from "./latents.ts";
import type { Past } from "./past.ts";

/** Told of values inside a graph by name; what it wants to see of them it names as outputs. */
export type Observer = (graph: Graph, name: string, value: Value) => void;

/** What the layers of an autoencoder are drawn with. Pictures are [frames, channels, height, width] everywhere. */
export interface Drawing {
	readonly graph: Graph;
	readonly weights: Weights;
	/** Type that is computed in. */
	readonly dtype: DType;
	readonly past: Past;
	readonly observe: Observer;
}

/** A weight as another shape of the same elements: nothing is moved. */
export function shaped(ref: WeightRef, shape: readonly number[]): WeightRef {
	return { ...ref, shape };
}

/** A weight in the type that is computed in. */
export function weight({ graph, weights, dtype }: Drawing, name: string, shape?: readonly number[]): Value {
	const ref = weights.get(name);
	return graph.weight(shape ? shaped(ref, shape) : ref, { as: dtype });
}

/** A two-dimensional convolution with the weights and, if there is one, the bias under `name`. */
export function conv(
	drawing: Drawing,
	x: Value,
	name: string,
	options: { strides?: number; pads?: number | number[] } = {},
) {
	const { graph, weights } = drawing;
	const [out = 0, each = 0, ...kernel] = weights.get(`${name}.weight`).shape;
	// Kernels of one point in time are written with an axis of length 1.
	const w = weight(drawing, `${name}.weight`, [out, each, ...(kernel.length === 3 ? kernel.slice(1) : kernel)]);
	const b = weights.has(`${name}.bias`) ? weight(drawing, `${name}.bias`) : undefined;
	return graph.conv(x, w, b, options);
}

/** Twice as many pixels along each side, each repeated. */
export function doubled({ graph }: Drawing, x: Value): Value {
	return graph.resize(x, { scales: [2, 2], mode: "nearest", coordinates: "asymmetric" });
}

/** Latents as the transformer sees them: mean 0 and deviation 1 in each channel. */
export function normalised(graph: Graph, latents: Value): Value {
	const { mean, std } = statistics(graph);
	return graph.div(graph.sub(latents, mean), std);
}

/** Latents as the autoencoder sees them. */
export function denormalised(graph: Graph, latents: Value): Value {
	const { mean, std } = statistics(graph);
	return graph.add(graph.mul(latents, std), mean);
}

function statistics(graph: Graph): { mean: Value; std: Value } {
	const shape = [1, LATENT_CHANNELS, 1, 1];
	return { mean: graph.constant("float32", shape, LATENT_MEAN), std: graph.constant("float32", shape, LATENT_STD) };
}

/** Pictures of 0 to 1, float32 [frames, 3, height, width], as bytes [frames, height, width, 4] with full alpha. */
export function painted(graph: Graph, x: Value): Value {
	const [frames = 0, , height = 0, width = 0] = x.shape;
	const bytes = graph.mul(graph.clip(x, 0, 1), 255);
	const alpha = graph.expand(graph.constant("float32", [1, 1, 1, 1], [255]), [frames, 1, height, width]);
	return graph.cast(graph.transpose(graph.concat([bytes, alpha], 1), [0, 2, 3, 1]), "uint8");
}
