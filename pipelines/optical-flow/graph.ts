import { Graph, Layers, type Value, type Weights } from "mutoscope/inference";
import type { Size } from "mutoscope/sdk";
import { flows } from "./raft/raft.ts";
import type { RaftSize } from "./raft/sizes.ts";

/** How the model is drawn for frames. */
export interface FlowGraphOptions {
	/** Of the frames. */
	readonly frame: Size;
	readonly raft: RaftSize;
	/** Sides of the square that the frames are brought to. */
	readonly resolution: number;
	readonly iterations: number;
	/** Whether colours are from −1 to 1, as the weights were trained, or from 0 to 255. */
	readonly correctRange: boolean;
}

/** Two frames, uint8 RGBA [1, height, width, 4] (`first`, `second`), → `flow`, float32 [2, resolution, resolution]. */
export function drawFlow(weights: Weights, options: FlowGraphOptions): Graph {
	const { frame, raft, resolution, iterations, correctRange } = options;
	const graph = new Graph("optical-flow");
	const sizes = [resolution, resolution];
	const [first, second] = ["first", "second"].map((name) => {
		const pixels = graph.fromRgba(graph.input(name, "uint8", [1, frame.height, frame.width, 4]), "float32");
		const square = graph.resize(pixels, { sizes, mode: "linear", coordinates: "half_pixel" });
		return correctRange ? graph.sub(graph.div(square, 127.5), 1) : square;
	}) as [Value, Value];
	const last = flows(new Layers(graph, weights), first, second, raft, iterations).at(-1) as Value;
	graph.output("flow", graph.squeeze(last, [0]));
	return graph;
}
