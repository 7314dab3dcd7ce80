import type { Graph, Layers, Value } from "mutoscope/inference";
import { PATCH } from "./config.ts";
import { moved } from "./motion.ts";
import type { Past } from "./past.ts";

/** Rows and columns of tokens. */
export interface Grid {
	readonly rows: number;
	readonly columns: number;
}

/**
 * Depth [frames, 1, 14 · rows, 14 · columns] from four lists of tokens, each [frames, rows · columns, dim]: near is large, far
 * is 0. The last layers are fp32. Ranftl et al. 2021, arXiv 2103.13413, with modules over time: Chen et al. 2025, arXiv
 * 2501.12375.
 */
export function depthOf(layers: Layers, tokens: readonly Value[], { rows, columns }: Grid, past: Past): Value {
	const { graph } = layers;
	const motion = (k: number, x: Value): Value =>
		graph.scope(`motion.${k}`, () =>
			moved(layers.under(`motion_modules.${k}.temporal_transformer`), x, String(k), past),
		);
	const maps = tokens.map((list, i) => {
		const [frames = 0, , dim = 0] = list.shape;
		const map = graph.transpose(graph.reshape(list, [frames, rows, columns, dim]), [0, 3, 1, 2]);
		return layers.conv(map, `projects.${i}`);
	}) as [Value, Value, Value, Value];
	const levels = [
		layers.convTranspose(maps[0], "resize_layers.0", { factor: 4 }),
		layers.convTranspose(maps[1], "resize_layers.1", { factor: 2 }),
		motion(0, maps[2]),
		motion(1, layers.conv(maps[3], "resize_layers.3", { strides: 2, pads: 1 })),
	] as const;
	const scratch = layers.under("scratch");
	const [l1, l2, l3, l4] = levels.map((level, i) => scratch.conv(level, `layer${i + 1}_rn`, { pads: 1 })) as [
		Value,
		Value,
		Value,
		Value,
	];

	const p4 = motion(2, fused(scratch.under("refinenet4"), l4, undefined, sizeOf(l3)));
	const p3 = motion(3, fused(scratch.under("refinenet3"), p4, l3, sizeOf(l2)));
	const p2 = fused(scratch.under("refinenet2"), p3, l2, sizeOf(l1));
	const p1 = fused(
		scratch.under("refinenet1"),
		p2,
		l1,
		sizeOf(l1).map((length) => 2 * length),
	);

	const wide = resized(graph, scratch.conv(p1, "output_conv1", { pads: 1 }), [PATCH * rows, PATCH * columns]);
	const last = graph.relu(scratch.conv(wide, "output_conv2.0", { pads: 1 }));
	return graph.relu(scratch.conv(graph.cast(last, "float32"), "output_conv2.2"));
}

/** Brings pictures to a size, corners on corners. */
export function resized(graph: Graph, x: Value, sizes: readonly number[]): Value {
	return graph.resize(x, { sizes, mode: "linear", coordinates: "align_corners" });
}

/** Two levels into one, in the size of the next. The way out is a mixture of channels: it may come before the resizing. */
function fused(layers: Layers, x: Value, skip: Value | undefined, sizes: readonly number[]): Value {
	const { graph } = layers;
	const sum = skip ? graph.add(x, refined(layers.under("resConfUnit1"), skip)) : x;
	const out = layers.conv(refined(layers.under("resConfUnit2"), sum), "out_conv");
	return resized(graph, out, sizes);
}

function refined(layers: Layers, x: Value): Value {
	const { graph } = layers;
	const first = graph.relu(layers.conv(graph.relu(x), "conv1", { pads: 1 }));
	return graph.add(x, layers.conv(first, "conv2", { pads: 1 }));
}

function sizeOf({ shape }: Value): number[] {
	return shape.slice(2).map(Number);
}
