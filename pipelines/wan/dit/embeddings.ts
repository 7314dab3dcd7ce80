import { type DType, Graph, type Value, type Weights } from "mutoscope/inference";
import { type Draft, rms } from "./block.ts";
import type { DitConfig } from "./config.ts";
import { Linears, type LoraTarget } from "./linears.ts";

/** A graph, and where adapters may be laid over it. */
export interface Drawing {
	readonly graph: Graph;
	readonly targets: readonly LoraTarget[];
}

/** How a graph is drawn. */
export interface EmbeddingOptions {
	readonly dtype: DType;
	/** Whether adapters come as inputs. */
	readonly lora?: boolean;
	/** Names of values in between that shall be outputs, too: `tap.<name>`, fp32. */
	readonly taps?: ReadonlySet<string>;
}

/**
 * What time is to the transformer: from `sinusoid` [groups, frequencies] to `embedding` [groups, dim], which the head takes,
 * and `modulation` [groups, 6 · dim], which the blocks take; fp32 throughout.
 */
export function drawTime(config: DitConfig, weights: Weights, { lora = false }: { readonly lora?: boolean }): Drawing {
	const { dim, frequencies } = config;
	const g = new Graph("wan-time");
	const linears = new Linears(g, weights, { dtype: "float32", lora });
	const angles = g.input("sinusoid", "float32", ["groups", frequencies]);
	const hidden = g.silu(linears.apply("time_embedding.0", angles, dim));
	const embedding = linears.apply("time_embedding.2", hidden, dim);
	g.output("embedding", embedding);
	g.output("modulation", linears.apply("time_projection.1", g.silu(embedding), 6 * dim));
	return { graph: g, targets: linears.targets };
}

/**
 * What a text is to blocks of a transformer: from `context` [text, textDim], fp32, to `keys.<i>` and `values.<i>`
 * [1, text, dim] for each of `blocks`. Padding is not masked: its rows become keys like any other.
 *
 * @param blocks their names, in order.
 * @param own the weights of the blocks, where these do not lie with the rest.
 */
export function drawText(
	config: DitConfig,
	weights: Weights,
	{
		dtype,
		lora = false,
		taps = new Set(),
		blocks,
		own = weights,
	}: EmbeddingOptions & { readonly blocks: readonly string[]; readonly own?: Weights },
): Drawing {
	const { dim, textDim } = config;
	const g = new Graph("wan-text");
	const shared = new Linears(g, weights, { dtype, lora });
	const linears = own === weights ? shared : new Linears(g, own, { dtype, lora });
	const draft: Draft = { g, config, linears, dtype, attention: "plain", tap: () => {} };
	const context = g.input("context", "float32", ["text", textDim]);
	const raw = dtype === "float32" ? context : g.cast(context, dtype);
	const hidden = g.gelu(shared.apply("text_embedding.0", raw, dim), "tanh");
	const embedded = shared.apply("text_embedding.2", hidden, dim);
	if (taps.has("text_embedding")) g.output("tap.text_embedding", exact(g, embedded));
	for (const [i, name] of blocks.entries()) {
		const keys = rms(draft, linears.apply(`${name}.cross_attn.k`, embedded, dim), `${name}.cross_attn.norm_k`);
		const values = linears.apply(`${name}.cross_attn.v`, embedded, dim);
		g.output(`keys.${i}`, g.unsqueeze(keys, [0]));
		g.output(`values.${i}`, g.unsqueeze(values, [0]));
	}
	return { graph: g, targets: [...new Set([...shared.targets, ...linears.targets])] };
}

/** As fp32, for outputs. */
export function exact(g: Graph, x: Value): Value {
	return x.dtype === "float32" ? x : g.cast(x, "float32");
}
