import type { Value } from "mutoscope/inference";
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
	const { graph, weights, past } = drawing;
	const [out = 0, channels = 0] = weights.get(`${name}.weight`).shape;
	const all = past.before(name, x, 2);
	const side = sideBySide(
		drawing,
		[0, 1, 2].map((k) => graph.slice(all, 0, k, k === 2 ? Number.POSITIVE_INFINITY : k - 2)),
	);
	const w = weight(drawing, `${name}.weight`, [out, 3 * channels, 3, 3]);
	return graph.conv(side, w, weight(drawing, `${name}.bias`), { pads: 1 });
}

/** A convolution over three moments at one pixel: the moments are given. */
function timeConv(drawing: Drawing, moments: readonly Value[], name: string): Value {
	const { graph, weights } = drawing;
	const [out = 0, channels = 0] = weights.get(`${name}.weight`).shape;
	const w = weight(drawing, `${name}.weight`, [out, 3 * channels, 1, 1]);
	return graph.conv(sideBySide(drawing, moments), w, weight(drawing, `${name}.bias`));
}

/** Three clips [frames, channels, …] as one [frames, channels · 3, …], the three of a channel next to each other. */
function sideBySide({ graph }: Drawing, clips: readonly Value[]): Value {
	const [{ shape } = { shape: [] }] = clips;
	const [frames = 0, channels = 0, height = 0, width = 0] = shape;
	const joined = graph.concat(
		clips.map((clip) => graph.unsqueeze(clip, [2])),
		2,
	);
	return graph.reshape(joined, [frames, Number(channels) * clips.length, height, width]);
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
	const { graph, weights, past } = drawing;
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
	const moments = [0, 1, 2].map((k) => graph.slice(all, 0, k, `2*${pairs}+${k}-1`, 2, pairs));
	return timeConv(drawing, moments, `${name}.time_conv`);
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
	const moments = [0, 1, 2].map((k) => graph.slice(all, 0, k, k === 2 ? Number.POSITIVE_INFINITY : k - 2));
	const twice = timeConv(drawing, moments, `${name}.time_conv`);
	return spread(graph.reshape(twice, [`2*(${frames})`, channels, height, width]));
}
