import type { Graph, Layers, Value } from "mutoscope/inference";

/** Pixels of a feature's side. */
const FACTOR = 8;
/** The mask is learned four times as fast as the rest. */
const SLOWER = 0.25;

/** Flow [1, 2, h, w] in features → [1, 2, 8 h, 8 w] in pixels, corners on corners. */
export function stretched(graph: Graph, flow: Value): Value {
	const sizes = flow.shape.slice(2).map((length) => FACTOR * Number(length));
	return graph.mul(graph.resize(flow, { sizes, mode: "linear", coordinates: "align_corners" }), FACTOR);
}

/** The same, each pixel a mixture of the nine features around it, as `layers` find from the hidden state. */
export function mixed(layers: Layers, hidden: Value, flow: Value): Value {
	const { graph } = layers;
	const [, , rows = 0, columns = 0] = flow.shape.map(Number);
	const wide = graph.relu(layers.conv(hidden, "convrelu.0", { pads: 1 }));
	const mask = graph.mul(layers.conv(wide, "conv"), SLOWER);
	const shares = graph.softmax(graph.reshape(mask, [1, 9, FACTOR, FACTOR, rows, columns]), 1);
	const padded = graph.pad(graph.mul(flow, FACTOR), [1, 1, 1, 1]);
	const around = [0, 1, 2].flatMap((y) =>
		[0, 1, 2].map((x) => graph.slice(graph.slice(padded, 2, y, y + rows), 3, x, x + columns)),
	);
	const nine = graph.reshape(
		graph.concat(
			around.map((one) => graph.unsqueeze(one, [2])),
			2,
		),
		[2, 9, 1, 1, rows, columns],
	);
	const sums = graph.reduceSum(graph.mul(shares, nine), [1]);
	return graph.reshape(graph.transpose(sums, [0, 3, 1, 4, 2]), [1, 2, FACTOR * rows, FACTOR * columns]);
}
