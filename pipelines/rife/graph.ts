import { type DType, Graph, Layers, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import { between } from "./ifnet.ts";

/** Sides of what the network sees are multiples of this. */
const STEP = 32;

/** Two frames, uint8 RGBA [1, height, width, 4] (`first`, `second`), → the one between them (`middle`). */
export function drawRife(
	weights: Weights,
	{ size: { width, height }, dtype }: { readonly size: Size; readonly dtype: DType },
): Graph {
	const graph = new Graph("rife");
	const pads = [0, 0, -height & (STEP - 1), -width & (STEP - 1)];
	const [first, second] = ["first", "second"].map((name) => {
		const frame = graph.fromRgba(graph.input(name, "uint8", [1, height, width, 4]), dtype);
		return graph.pad(graph.div(frame, 255), pads);
	}) as [Value, Value];
	const { picture } = between(new Layers(graph, weights), first, second);
	const cropped = graph.slice(graph.slice(picture, 2, 0, height), 3, 0, width);
	graph.output("middle", graph.toRgba(cropped, { rounding: "down" }));
	return graph;
}
