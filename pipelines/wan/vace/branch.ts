import { Graph, type Value, type Weights } from "mutoscope/inference";
import { attention, block, type Draft, drawTextInputs, turned } from "../dit/block.ts";
import type { DitConfig } from "../dit/config.ts";
import { type DitOptions, embedPatches, linearPatches, TOKENS } from "../dit/graph.ts";
import { Linears } from "../dit/linears.ts";

/** Channels of VACE's context: 16 of what stays, 16 of what may change, 64 of the mask. */
export const VACE_CHANNELS = 96;

/** Blocks of the transformer that a hint follows, one for each block of the branch. */
export type VaceLayers = readonly number[];

/** Every second block of the 1.3B model. */
export const VACE_1_3B: VaceLayers = Array.from({ length: 15 }, (_, i) => 2 * i);

/** Every fifth block of the 14B model. */
export const VACE_14B: VaceLayers = Array.from({ length: 8 }, (_, i) => 5 * i);

/** A block of the branch by its name in the checkpoint. */
export function vaceBlock(i: number): string {
	return `vace_blocks.${i}`;
}

/**
 * VACE's branch (Jiang et al. 2025, arXiv 2503.07598): blocks of its own that read a control video and give hints to the
 * transformer, `hint.<block>` [tokens, dim] for each of `layers`.
 *
 * Inputs: `patches`, `time.modulation`, `cos`, `sin`, as the transformer has them, positions counted from the chunk's first
 * frame; `context` [tokens, 96 · patch²] and `present` [tokens, 1], fp32, 0 for tokens without context; `text.keys.<i>` and
 * `text.values.<i>` for its own blocks; `zeros` [padding, dim]: keys of nothing that take part in attention.
 */
export function drawVace(
	config: DitConfig,
	weights: Weights,
	own: Weights,
	layers: VaceLayers,
	options: Pick<DitOptions, "dtype" | "attention" | "brief">,
): Graph {
	const { dim, heads, inChannels, patch } = config;
	const { dtype, brief = false } = options;
	const g = new Graph("wan-vace");
	const linears = new Linears(g, own, { dtype });
	const draft: Draft = { g, config, linears, tap: () => {}, ...options };
	const main: Draft = { ...draft, linears: new Linears(g, weights, { dtype }) };
	const cast = (value: Value) => (dtype === "float32" ? value : g.cast(value, dtype));

	const patches = cast(g.input("patches", "float32", ["groups", "span", inChannels * patch ** 2]));
	const time = g.input("time.modulation", "float32", ["groups", 6 * dim]);
	const [cos, sin] = ["cos", "sin"].map((name) => g.input(name, "float32", [TOKENS, dim / heads / 2])) as [
		Value,
		Value,
	];
	const zeros = g.unsqueeze(g.input("zeros", dtype, ["padding", dim]), [0]);
	const context = cast(g.input("context", "float32", [TOKENS, VACE_CHANNELS * patch ** 2]));
	const present = cast(g.input("present", "float32", [TOKENS, 1]));

	const text = drawTextInputs(draft, brief);
	const attend = (q: Value, k: Value, v: Value) => {
		const [keys, values] = [turned(draft, k, cos, sin), v].map((x) => g.concat([g.unsqueeze(x, [0]), zeros], 1));
		return attention(draft, turned(draft, q, cos, sin), keys as Value, values as Value);
	};
	const embedded = linearPatches(g, context, {
		weight: g.weight(own.get("vace_patch_embedding.weight", [dim, VACE_CHANNELS, 1, patch, patch]), { as: dtype }),
		bias: linears.weight("vace_patch_embedding.bias", [dim]),
	});
	let c = g.mul(embedded, present);
	for (const [i, layer] of layers.entries()) {
		const name = vaceBlock(i);
		if (i === 0) c = g.add(linears.apply(`${name}.before_proj`, c, dim), embedPatches(main, weights, patches));
		c = block(draft, c, { name, time, text: text(i), attend });
		g.output(`hint.${layer}`, linears.apply(`${name}.after_proj`, c, dim));
	}
	return g;
}
