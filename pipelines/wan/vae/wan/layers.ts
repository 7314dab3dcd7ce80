import type { Dim, Graph, Value } from "mutoscope/inference";
import { conv, type Drawing, doubled, weight } from "../drawing.ts";

/** Numbers below this count as none: a vector is not divided by its length then. */
const EPSILON = 1e-12;

/** A vector of channels at each pixel, brought to length √channels and scaled (RMS norm without its mean of squares). */
export function norm(drawing: Drawing, x: Value, name: string): Value {
	const { graph, dtype } = drawing;
	const channels = Number(x.shape[1]);
	// Sums of squares overflow half precision.
	const wide = graph.cast(x, "float32");
	const length = graph.one(
		"ReduceL2",
		[wide, graph.dims([1])],
		{ dtype: "float32", shape: wide.shape.with(1, 1) },
		{ keepdims: 1 },
	);
	const scale = graph.cast(graph.div(channels ** 0.5, graph.max(length, EPSILON)), dtype);
	return graph.mul(graph.mul(x, scale), weight(drawing, `${name}.gamma`, [channels, 1, 1]));
}

/**
 * A convolution over 3×3×3 that sees this frame and the two before it.
 *
 * It is computed as a flat one over three frames' channels side by side, with the weights as they lie in the file: a kernel
 * [out, in, 3, 3, 3] is one of [out, in · 3, 3, 3] if the three frames of a channel are neighbours. On every provider flat
 * convolutions have the better kernels.
 */
export function causalConv(drawing: Drawing, x: Value, name: string): Value {
	const { graph, past } = drawing;
	const windows = fours(graph, threes(drawing, past.before(name, x, 2), x.shape[0] ?? 0, 1));
	const kernel = fours(graph, flatKernel(drawing, name, 3));
	return graph.conv(windows, kernel, weight(drawing, `${name}.bias`), { pads: 1 });
}

/**
 * Channels with as many of nothing behind them as bring them to a multiple of four: WebGPU's kernel for three times an odd
 * number of channels gives wrong numbers (microsoft/onnxruntime issue 29651; 1.30 still does).
 */
function fours(graph: Graph, x: Value): Value {
	const more = -Number(x.shape[1]) & 3;
	if (more === 0) return x;
	const nothing = graph.expand(graph.constant(x.dtype, [1, 1, 1, 1], [0]), x.shape.with(1, more));
	return graph.concat([x, nothing], 1);
}

/** A convolution over three moments of one pixel, from every `stride`th frame of `all` on. */
function timeConv(drawing: Drawing, all: Value, frames: Dim, stride: number, name: string): Value {
	const windows = threes(drawing, all, frames, stride);
	return drawing.graph.conv(windows, flatKernel(drawing, name, 1), weight(drawing, `${name}.bias`));
}

function flatKernel(drawing: Drawing, name: string, side: number): Value {
	const [out = 0, channels = 0] = drawing.weights.get(`${name}.weight`).shape;
	return weight(drawing, `${name}.weight`, [out, 3 * channels, side, side]);
}

/**
 * Three frames in a row, from every `stride`th frame of `all` [frames, channels, …] on, as [frames, channels · 3, …]: the three
 * of a channel next to each other. One gathering of planes costs half of what slices and a join would.
 */
function threes({ graph }: Drawing, all: Value, frames: Dim, stride: number): Value {
	const [count = 0, dim = 0, height = 0, width = 0] = all.shape;
	const channels = Number(dim);
	const planes = graph.reshape(all, [`(${count})*${channels}`, Number(height) * Number(width)]);
	const each = Array.from({ length: 3 * channels }, (_, i) => (i % 3) * channels + Math.floor(i / 3));
	const first = graph.mul(graph.range(0, frames), stride * channels);
	const places = graph.add(graph.unsqueeze(first, [1]), graph.constant("int64", [1, 3 * channels], each));
	return graph.reshape(graph.gather(planes, places, 0), [frames, 3 * channels, height, width]);
}

/** Two causal convolutions with a way around them. */
export function resBlock(drawing: Drawing, x: Value, name: string): Value {
	const { graph, weights } = drawing;
	const around = weights.has(`${name}.shortcut.weight`) ? conv(drawing, x, `${name}.shortcut`) : x;
	const first = causalConv(drawing, graph.silu(norm(drawing, x, `${name}.residual.0`)), `${name}.residual.2`);
	const second = causalConv(drawing, graph.silu(norm(drawing, first, `${name}.residual.3`)), `${name}.residual.6`);
	return graph.add(around, second);
}

/** Attention of all pixels of a frame to each other, with one head. */
export function frameAttention(drawing: Drawing, x: Value, name: string): Value {
	const { graph } = drawing;
	const [frames = 0, dim = 0, height = 0, width = 0] = x.shape;
	const channels = Number(dim);
	const pixels = Number(height) * Number(width);
	const qkv = conv(drawing, norm(drawing, x, `${name}.norm`), `${name}.to_qkv`);
	const rows = graph.transpose(graph.reshape(qkv, [frames, 3 * channels, pixels]), [0, 2, 1]);
	const [q, k, v] = graph.split(rows, [channels, channels, channels], 2) as [Value, Value, Value];
	// A head as wide as 384 is beyond the fused kernels.
	const seen = graph.attention(q, k, v, { heads: 1, form: "plain" });
	const back = graph.reshape(graph.transpose(seen, [0, 2, 1]), [frames, channels, height, width]);
	return graph.add(x, conv(drawing, back, `${name}.proj`));
}

/** Half the pixels along each side and, where the weights say so, half the frames. */
export function down(drawing: Drawing, x: Value, name: string): Value {
	const { weights, past } = drawing;
	const half = conv(drawing, x, `${name}.resample.1`, { strides: 2, pads: [0, 0, 1, 1] });
	if (!weights.has(`${name}.time_conv.weight`)) return half;
	const [frames = 0, ...picture] = half.shape;
	if (past.starts) {
		// The first frame of a stream stands alone: it is remembered, not mixed.
		past.keep(`${name}.time_conv`, [1, ...picture], half);
		return half;
	}
	const all = past.before(`${name}.time_conv`, half, 1);
	const pairs = `floor((${frames})/2)`;
	return timeConv(drawing, all, pairs, 2, `${name}.time_conv`);
}

/** Twice the pixels along each side and, where the weights say so, twice the frames. */
export function up(drawing: Drawing, x: Value, name: string): Value {
	const { graph, weights, past } = drawing;
	const [frames = 0, channels = 0, height = 0, width = 0] = x.shape;
	const spread = (clip: Value): Value => conv(drawing, doubled(drawing, clip), `${name}.resample.1`, { pads: 1 });
	if (!weights.has(`${name}.time_conv.weight`)) return spread(x);
	if (past.starts) {
		// The first frame of a stream becomes one frame, and the second sees zeros before it, not the first.
		past.keep(`${name}.time_conv`, [2, channels, height, width]);
		return spread(x);
	}
	const all = past.before(`${name}.time_conv`, x, 2);
	const twice = timeConv(drawing, all, frames, 1, `${name}.time_conv`);
	return spread(graph.reshape(twice, [`2*(${frames})`, channels, height, width]));
}
