import type { Layers, Value } from "mutoscope/inference";
import type { Past } from "./past.ts";

const HEADS = 8;
const GROUPS = 32;
/** Attentions of a module, one after another. */
const ATTENTIONS = 2;

/**
 * A module over time, after AnimateDiff (Guo et al. 2023, arXiv 2307.04725): x [frames, channels, h, w]. Every pixel sees
 * itself in the frames before and in all those of `x`.
 */
export function moved(layers: Layers, x: Value, name: string, past: Past): Value {
	const { graph } = layers;
	const [frames = 0, channels = 0, height = 0, width = 0] = x.shape.map(Number);
	const pixels = height * width;
	const normed = layers.groupNorm(x, "norm", GROUPS, 1e-6);
	const tokens = graph.reshape(graph.transpose(normed, [2, 3, 0, 1]), [pixels, frames, channels]);
	let y = layers.linear(tokens, "proj_in");
	const block = layers.under("transformer_blocks.0");
	for (let i = 0; i < ATTENTIONS; i++) {
		const normed = block.layerNorm(y, `norms.${i}`, 1e-5);
		const all = past.before(`${name}.${i}`, normed);
		y = graph.add(y, attended(block.under(`attention_blocks.${i}`), all, frames, past));
	}
	const [up, gate] = graph.split(
		block.linear(block.layerNorm(y, "ff_norm", 1e-5), "ff.net.0.proj"),
		[4 * channels, 4 * channels],
		2,
	) as [Value, Value];
	y = graph.add(y, block.linear(graph.mul(up, graph.gelu(gate)), "ff.net.2"));
	const out = graph.reshape(layers.linear(y, "proj_out"), [height, width, frames, channels]);
	return graph.add(graph.transpose(out, [2, 3, 0, 1]), x);
}

/**
 * Attention of the last `frames` of [pixels, length, channels] to all of them. With so few of them, products and sums are
 * faster than matrices of that size.
 */
function attended(layers: Layers, all: Value, frames: number, { places, bias }: Past): Value {
	const { graph } = layers;
	const [pixels = 0, length = 0, channels = 0] = all.shape.map(Number);
	const depth = channels / HEADS;
	const table = graph.squeeze(layers.weight("pos_encoder.pe", all), [0]);
	const placed = graph.add(all, graph.gather(table, places, 0));
	const now = frames === length ? placed : graph.slice(placed, 1, -frames, Number.POSITIVE_INFINITY);
	const q = graph.reshape(graph.mul(layers.linear(now, "to_q"), depth ** -0.5), [pixels, frames, 1, HEADS, depth]);
	const k = graph.reshape(layers.linear(placed, "to_k"), [pixels, 1, length, HEADS, depth]);
	const v = graph.reshape(layers.linear(placed, "to_v"), [pixels, 1, length, HEADS, depth]);
	let scores = graph.reduceSum(graph.mul(q, k), [4]);
	if (bias) scores = graph.add(scores, graph.reshape(bias, [length, 1]));
	const shares = graph.unsqueeze(graph.softmax(scores, 2), [4]);
	const mixed = graph.reduceSum(graph.mul(shares, v), [2]);
	return layers.linear(graph.reshape(mixed, [pixels, frames, channels]), "to_out.0");
}
