import type { Value } from "mutoscope/inference";
import { conv, type Drawing, shaped } from "../drawing.ts";

/** Three convolutions over this frame and the one before it, with a way around them. */
export function memBlock(drawing: Drawing, x: Value, name: string): Value {
	const { graph, past } = drawing;
	const previous = graph.slice(past.before(name, x, 1), 0, 0, -1);
	let y = graph.relu(conv(drawing, graph.concat([x, previous], 1), `${name}.conv.0`, { pads: 1 }));
	y = graph.relu(conv(drawing, y, `${name}.conv.2`, { pads: 1 }));
	return graph.relu(graph.add(conv(drawing, y, `${name}.conv.4`, { pads: 1 }), x));
}

/** Two frames into one, or each frame by itself: as many as the weights have room for. */
export function timePool(drawing: Drawing, x: Value, name: string): Value {
	const { graph, weights } = drawing;
	const [, inner = 0] = weights.get(`${name}.conv.weight`).shape;
	const [frames = 0, channels = 0, height = 0, width = 0] = x.shape;
	const stride = inner / Number(channels);
	const side = graph.reshape(x, [`(${frames})/${stride}`, inner, height, width]);
	return conv(drawing, side, `${name}.conv`);
}

/**
 * One frame into `stride` frames, the channels cut into as many. A file may hold more of them than are asked for: the last
 * ones count.
 */
export function timeGrow(drawing: Drawing, x: Value, name: string, stride: number): Value {
	const { graph, weights, dtype } = drawing;
	const ref = weights.get(`${name}.conv.weight`);
	const [rows = 0, channels = 0] = ref.shape;
	const wanted = stride * channels;
	const skipped = ((rows - wanted) * ref.length) / rows;
	const part = { ...shaped(ref, [wanted, channels, 1, 1]), offset: ref.offset + skipped, length: ref.length - skipped };
	const [frames = 0, , height = 0, width = 0] = x.shape;
	const grown = graph.conv(x, graph.weight(part, { as: dtype }));
	return graph.reshape(grown, [`${stride}*(${frames})`, channels, height, width]);
}
