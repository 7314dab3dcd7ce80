import { type AttentionForm, Graph, type Value, type Weights } from "mutoscope/inference";
import { attention, block, type Draft, drawTextInputs, modulated, modulation, turned } from "./block.ts";
import type { DitConfig } from "./config.ts";
import { type Drawing, type EmbeddingOptions, exact } from "./embeddings.ts";
import { Linears } from "./linears.ts";

/** Tokens of a pass, in names of lengths: groups of frames that share a timestep, and tokens in each. */
export const TOKENS = "groups*span";

/** Which transformer is drawn. */
export interface DitOptions extends EmbeddingOptions {
	readonly attention: AttentionForm;
	/**
	 * Where keys and values of the past come from: `none`, every token sees the tokens of the pass; `turned`, from a cache of
	 * keys as they were turned to their positions; `plain`, from a cache of keys that are turned in every pass.
	 */
	readonly cache: "none" | "turned" | "plain";
	/** Whether every key of the cache has a bias. */
	readonly biased?: boolean;
	/** Whether the text's keys have a bias, because its padding was taken together. */
	readonly brief?: boolean;
	/** Blocks after which a hint is added. */
	readonly hints?: readonly number[];
}

/**
 * The transformer of Wan 2.1 over a few frames, with the past in a cache: from `patches` [groups, span, channels · patch²]
 * to `flow` [tokens, channels · patch²], both fp32.
 *
 * Inputs besides: `time.embedding` and `time.modulation`; `cos` and `sin`, the positions of its tokens; `text.keys.<i>` and
 * `text.values.<i>` for every block, and `text.bias` if brief. With a cache: `keys.<i>` and `values.<i>` [keys, dim], `places` int64 [tokens, 1], the
 * rows of the cache that its tokens are written to, and, written there, the outputs `keys.<i>.written` and
 * `values.<i>.written`, which may be bound to the memory of the inputs; `cache.cos` and `cache.sin` for keys that are not
 * turned yet; `bias` [1, 1, 1, keys] if biased. With hints: `hint.<block>` [tokens, dim] and `hint.scale` [1].
 */
export function drawDit(config: DitConfig, weights: Weights, options: DitOptions): Drawing {
	const { dim, layers, inChannels, outChannels, patch } = config;
	const { dtype, lora = false, taps = new Set(), hints = [], brief = false } = options;
	const g = new Graph("wan-dit");
	const linears = new Linears(g, weights, { dtype, lora });
	const tap = (name: string, value: Value) => {
		if (taps.has(name)) g.output(`tap.${name}`, exact(g, value));
	};
	const draft: Draft = { g, config, linears, dtype, attention: options.attention, tap };
	const cast = (value: Value) => (dtype === "float32" ? value : g.cast(value, dtype));

	const patches = g.input("patches", "float32", ["groups", "span", inChannels * patch ** 2]);
	const embedding = g.input("time.embedding", "float32", ["groups", dim]);
	const time = g.input("time.modulation", "float32", ["groups", 6 * dim]);
	const past = drawCache(draft, options);
	const text = drawTextInputs(draft, brief);
	const scale = hints.length > 0 ? g.input("hint.scale", dtype, [1]) : undefined;

	let x = embedPatches(draft, weights, cast(patches));
	tap("patch_embedding", x);
	for (let i = 0; i < layers; i++) {
		x = block(draft, x, { name: `blocks.${i}`, time, text: text(i), attend: past(i) });
		if (scale && hints.includes(i)) x = g.add(x, g.mul(g.input(`hint.${i}`, dtype, [TOKENS, dim]), scale));
	}
	const [shift, factor] = modulation(draft, "head", embedding, 2);
	const head = linears.apply("head.head", modulated(draft, x, shift, factor), outChannels * patch ** 2);
	tap("head", head);
	g.output("flow", exact(g, head));
	return { graph: g, targets: linears.targets };
}

/** Tokens of patches: the convolution over patches, which is a linear layer. */
export function embedPatches({ g, config, linears, dtype }: Draft, weights: Weights, patches: Value): Value {
	const { dim, inChannels, patch } = config;
	return linearPatches(g, patches, {
		weight: g.weight(weights.get("patch_embedding.weight", [dim, inChannels, 1, patch, patch]), { as: dtype }),
		bias: linears.weight("patch_embedding.bias", [dim]),
	});
}

/** A convolution whose kernels lie side by side, over patches [groups, span, channels · patch²] or [tokens, channels · patch²]. */
export function linearPatches(g: Graph, patches: Value, { weight, bias }: { weight: Value; bias: Value }): Value {
	const [dim = 0] = weight.shape;
	const width = patches.shape.at(-1) ?? 0;
	return g.linear(g.reshape(patches, [-1, width]), g.reshape(weight, [dim, width]), bias);
}

/** How each block attends, by its number. */
function drawCache(draft: Draft, { cache, biased = false }: DitOptions) {
	const { g, config, dtype } = draft;
	const { dim, heads } = config;
	const pairs = dim / heads / 2;
	const table = (name: string, length: string) => g.input(name, "float32", [length, pairs]);
	const [cos, sin] = [table("cos", TOKENS), table("sin", TOKENS)];
	const turn = (x: Value) => turned(draft, x, cos, sin);
	if (cache === "none") {
		return () => (q: Value, k: Value, v: Value) =>
			attention(draft, turn(q), g.unsqueeze(turn(k), [0]), g.unsqueeze(v, [0]));
	}
	const places = g.input("places", "int64", [TOKENS, 1]);
	const tables = cache === "plain" ? ([table("cache.cos", "keys"), table("cache.sin", "keys")] as const) : undefined;
	const bias = biased ? g.input("bias", dtype, [1, 1, 1, "keys"]) : undefined;
	return (layer: number) => {
		const write = (part: "keys" | "values", x: Value) => {
			const written = g.scatterND(g.input(`${part}.${layer}`, dtype, ["keys", dim]), places, x);
			g.output(`${part}.${layer}.written`, written);
			return written;
		};
		return (q: Value, k: Value, v: Value) => {
			const cached = write("keys", tables ? k : turn(k));
			const keys = tables ? turned(draft, cached, ...tables) : cached;
			return attention(draft, turn(q), g.unsqueeze(keys, [0]), g.unsqueeze(write("values", v), [0]), bias);
		};
	};
}
