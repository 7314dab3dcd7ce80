import { type DType, Graph, Layers, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";

/** Epsilon of PyTorch's InstanceNorm. */
const EPS = 1e-5;
/** Blocks with a way around them, in the middle. */
const BLOCKS = 3;

/**
 * The generator of Chan, Durand and Isola 2022, "Informative Drawings" (arXiv 2203.12691): pictures of 0 to 1 [n, 3, h, w] →
 * lines [n, 1, h', w'], dark on white as 0 on 1. h' and w' are h and w rounded up to multiples of 4.
 */
export function drawn(layers: Layers, picture: Value): Value {
	const { graph } = layers;
	const normed = (x: Value): Value => graph.instanceNorm(x, EPS);
	const around = (x: Value, pixels: number): Value =>
		graph.pad(x, [pixels, pixels, pixels, pixels], { mode: "reflect" });

	let x = graph.relu(normed(layers.conv(around(picture, 3), "model0.1")));
	for (const name of ["model1.0", "model1.3"]) {
		x = graph.relu(normed(layers.conv(x, name, { strides: 2, pads: 1 })));
	}
	for (let block = 0; block < BLOCKS; block++) {
		const name = `model2.${block}.conv_block`;
		const first = graph.relu(normed(layers.conv(around(x, 1), `${name}.1`)));
		x = graph.add(x, normed(layers.conv(around(first, 1), `${name}.5`)));
	}
	for (const name of ["model3.0", "model3.3"]) {
		x = graph.relu(normed(layers.convTranspose(x, name, { factor: 2, pads: 1 })));
	}
	return graph.sigmoid(layers.conv(around(x, 3), "model4.1"));
}

/** Frames, uint8 RGBA [1, height, width, 4] (`frame`), → the same with lines instead (`lines`). */
export function drawScribble(
	weights: Weights,
	{ size: { width, height }, dtype }: { readonly size: Size; readonly dtype: DType },
): Graph {
	const graph = new Graph("scribble");
	const frame = graph.fromRgba(graph.input("frame", "uint8", [1, height, width, 4]), dtype);
	let lines = drawn(new Layers(graph, weights), graph.div(frame, 255));
	lines = graph.slice(graph.slice(lines, 2, 0, height), 3, 0, width);
	graph.output("lines", graph.toRgba(lines, { rounding: "nearest" }));
	return graph;
}
