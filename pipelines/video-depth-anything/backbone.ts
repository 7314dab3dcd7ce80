import type { AttentionForm, Layers, Value } from "mutoscope/inference";
import { type DepthConfig, PATCH } from "./config.ts";

const EPS = 1e-6;

/** How the picture transformer is drawn. */
export interface BackboneOptions extends DepthConfig {
	/** Positions for this size, [1 + rows · columns, dim]. */
	readonly positions: Value;
	readonly attention: AttentionForm;
}

/**
 * DINOv2: pictures [frames, 3, h, w] → the tokens of the tapped blocks, normed, without the class token, each [frames, rows ·
 * columns, dim]. Oquab et al. 2023, arXiv 2304.07193.
 */
export function tapped(layers: Layers, pictures: Value, options: BackboneOptions): Value[] {
	const { graph } = layers;
	const { heads, taps, positions, attention } = options;
	const patches = layers.conv(pictures, "patch_embed.proj", { strides: PATCH });
	const [frames = 0, dim = 0, rows = 0, columns = 0] = patches.shape.map(Number);
	const tokens = graph.transpose(graph.reshape(patches, [frames, dim, rows * columns]), [0, 2, 1]);
	const first = graph.expand(layers.weight("cls_token", patches), [frames, 1, dim]);
	let x = graph.add(graph.concat([first, tokens], 1), positions);
	const found = new Map<number, Value>();
	for (let i = 0; i <= Math.max(...taps); i++) {
		x = graph.scope(`blocks.${i}`, () => block(layers.under(`blocks.${i}`), x, heads, attention));
		if (!taps.includes(i)) continue;
		found.set(i, graph.slice(layers.layerNorm(x, "norm", EPS), 1, 1, Number.POSITIVE_INFINITY));
	}
	return taps.map((tap) => found.get(tap) as Value);
}

function block(layers: Layers, x: Value, heads: number, form: AttentionForm): Value {
	const { graph } = layers;
	const [, , dim = 0] = x.shape;
	const qkv = layers.linear(layers.layerNorm(x, "norm1", EPS), "attn.qkv");
	const [q, k, v] = graph.split(qkv, [dim, dim, dim], 2) as [Value, Value, Value];
	const seen = layers.linear(graph.attention(q, k, v, { heads, form }), "attn.proj");
	const y = graph.add(x, graph.mul(seen, layers.weight("ls1.gamma", x)));
	const hidden = graph.gelu(layers.linear(layers.layerNorm(y, "norm2", EPS), "mlp.fc1"));
	return graph.add(y, graph.mul(layers.linear(hidden, "mlp.fc2"), layers.weight("ls2.gamma", x)));
}
