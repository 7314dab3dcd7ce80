import type { Graph, Value } from "mutoscope/inference";

/** Reads pictures of one size along a flow. In fp32: half precision places a pixel to a quarter of one at best. */
export class Warp {
	readonly #graph: Graph;
	readonly #grid: Value;
	readonly #scale: Value;

	constructor(graph: Graph, height: number, width: number) {
		const line = (length: number): number[] => Array.from({ length }, (_, i) => (2 * i) / (length - 1) - 1);
		const x = graph.constant("float32", [1, 1, width, 1], line(width));
		const y = graph.constant("float32", [1, height, 1, 1], line(height));
		const shape = [1, height, width, 1];
		this.#graph = graph;
		this.#grid = graph.concat([graph.expand(x, shape), graph.expand(y, shape)], 3);
		this.#scale = graph.constant("float32", [2], [2 / (width - 1), 2 / (height - 1)]);
	}

	/** The picture [1, c, h, w] where `flow` [1, 2, h, w] points to, in pixels; beyond the border, the border. */
	along(picture: Value, flow: Value): Value {
		const graph = this.#graph;
		const offset = graph.mul(graph.transpose(flow, [0, 2, 3, 1]), this.#scale);
		const options = { mode: "linear", padding: "border", alignCorners: true } as const;
		const read = graph.gridSample(graph.cast(picture, "float32"), graph.add(this.#grid, offset), options);
		return graph.cast(read, picture.dtype);
	}
}
