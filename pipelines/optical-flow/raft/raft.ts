import type { Layers, Value } from "mutoscope/inference";
import { Cell } from "./cell.ts";
import { Correlation } from "./correlation.ts";
import { encoded } from "./encoder.ts";
import type { RaftSize } from "./sizes.ts";
import { furtherFlow, motionOf } from "./update.ts";
import { mixed, stretched } from "./upsample.ts";

/**
 * RAFT: the flow from one picture to the next, float32 [1, 2, h, w], x before y in pixels, after each of some iterations.
 * Pictures are float32 [1, 3, h, w], sides multiples of 8 and at least 128. Teed and Deng 2020, arXiv 2003.12039, with
 * torchvision's names and widths.
 *
 * It is fp32 on every provider: half precision tells neighbouring places apart no more.
 */
export function flows(layers: Layers, first: Value, second: Value, size: RaftSize, iterations: number): Value[] {
	const { graph } = layers;
	const { hidden, context, radius, bottleneck } = size;
	const features = [first, second].map((picture) =>
		encoded(layers.under("feature_encoder"), picture, { norm: "instance", bottleneck }),
	) as [Value, Value];
	const known = encoded(layers.under("context_encoder"), first, { norm: bottleneck ? "none" : "batch", bottleneck });
	const [state, about] = graph.split(known, [hidden, context], 1) as [Value, Value];
	const seen = graph.relu(about);
	const block = layers.under("update_block");
	const cells = size.cells.map(
		(kernel, i) => new Cell(block.under(`recurrent_block.convgru${i + 1}`), hidden, seen, kernel),
	);
	const correlation = new Correlation(graph, ...features, radius);
	const start = places(layers, known);

	let h = graph.tanh(state);
	let now = start;
	const found: Value[] = [];
	for (let i = 0; i < iterations; i++) {
		graph.scope(`iteration.${i}`, () => {
			const flow = graph.sub(now, start);
			const motion = motionOf(block.under("motion_encoder"), correlation.around(now), flow);
			h = cells.reduce((state, cell) => cell.after(state, motion), h);
			now = graph.add(now, furtherFlow(block.under("flow_head"), h));
			const further = graph.sub(now, start);
			const masked = layers.has("mask_predictor.conv.weight");
			found.push(masked ? mixed(layers.under("mask_predictor"), h, further) : stretched(graph, further));
		});
	}
	return found;
}

/** Where every feature is, x before y: [1, 2, rows, columns]. */
function places({ graph }: Layers, { shape }: Value): Value {
	const [, , rows = 0, columns = 0] = shape.map(Number);
	const line = (length: number): number[] => Array.from({ length }, (_, i) => i);
	const x = graph.expand(graph.constant("float32", [1, 1, 1, columns], line(columns)), [1, 1, rows, columns]);
	const y = graph.expand(graph.constant("float32", [1, 1, rows, 1], line(rows)), [1, 1, rows, columns]);
	return graph.concat([x, y], 1);
}
