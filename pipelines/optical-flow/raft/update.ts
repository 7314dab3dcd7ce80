import type { Layers, Value } from "mutoscope/inference";

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

/** How much further everything moves: [1, 2, h, w]. */
export function furtherFlow(layers: Layers, hidden: Value): Value {
	return layers.conv(layers.graph.relu(layers.conv(hidden, "conv1", { pads: 1 })), "conv2", { pads: 1 });
}
