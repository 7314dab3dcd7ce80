import type { Layers, Value } from "mutoscope/inference";
import type { RaftSize } from "./sizes.ts";

/** What moves how, as far as correlation and the flow so far tell: [1, c, h, w]. The flow itself is at the end. */
export function motionOf(layers: Layers, correlation: Value, flow: Value): Value {
	const { graph } = layers;
	let alike = graph.relu(layers.conv(correlation, "convcorr1.0"));
	if (layers.has("convcorr2.0.weight")) alike = graph.relu(layers.conv(alike, "convcorr2.0", { pads: 1 }));
	let moved = graph.relu(layers.conv(flow, "convflow1.0", { pads: 3 }));
	moved = graph.relu(layers.conv(moved, "convflow2.0", { pads: 1 }));
	const both = graph.relu(layers.conv(graph.concat([alike, moved], 1), "conv.0", { pads: 1 }));
	return graph.concat([both, flow], 1);
}

/** The hidden state after what is `seen`: gated recurrent cells of convolutions. Cho et al. 2014, arXiv 1406.1078. */
export function remembered(layers: Layers, hidden: Value, seen: Value, { cells }: RaftSize): Value {
	const { graph } = layers;
	let h = hidden;
	for (const [i, [rows, columns]] of cells.entries()) {
		const cell = layers.under(`convgru${i + 1}`);
		const pads = [(rows - 1) / 2, (columns - 1) / 2];
		const both = graph.concat([h, seen], 1);
		const update = graph.sigmoid(cell.conv(both, "convz", { pads }));
		const reset = graph.sigmoid(cell.conv(both, "convr", { pads }));
		const candidate = graph.tanh(cell.conv(graph.concat([graph.mul(reset, h), seen], 1), "convq", { pads }));
		h = graph.lerp(h, candidate, update);
	}
	return h;
}

/** How much further everything moves: [1, 2, h, w]. */
export function furtherFlow(layers: Layers, hidden: Value): Value {
	return layers.conv(layers.graph.relu(layers.conv(hidden, "conv1", { pads: 1 })), "conv2", { pads: 1 });
}
