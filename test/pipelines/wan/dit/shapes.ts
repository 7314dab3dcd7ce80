import type { DitConfig } from "../../../../pipelines/wan/dit/config.ts";
import { VACE_CHANNELS } from "../../../../pipelines/wan/vace/branch.ts";

/** Names and shapes of tensors, in the order of the checkpoints. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** What a checkpoint of the transformer holds. */
export function ditShapes({ dim, layers, ...config }: DitConfig): Shapes {
	const { ffn, inChannels, outChannels, frequencies, textDim, patch } = config;
	const blocks = Array.from({ length: layers }, (_, i) => blockShapes(`blocks.${i}`, dim, ffn));
	return {
		"patch_embedding.weight": [dim, inChannels, 1, patch, patch],
		"patch_embedding.bias": [dim],
		...linear("text_embedding.0", textDim, dim),
		...linear("text_embedding.2", dim, dim),
		...linear("time_embedding.0", frequencies, dim),
		...linear("time_embedding.2", dim, dim),
		...linear("time_projection.1", dim, 6 * dim),
		...Object.assign({}, ...blocks),
		"head.modulation": [1, 2, dim],
		...linear("head.head", dim, outChannels * patch ** 2),
	};
}

/** What a checkpoint of VACE's branch holds. */
export function vaceShapes({ dim, ffn, patch }: DitConfig, blocks: number): Shapes {
	const each = Array.from({ length: blocks }, (_, i) => ({
		...blockShapes(`vace_blocks.${i}`, dim, ffn),
		...(i === 0 ? linear(`vace_blocks.${i}.before_proj`, dim, dim) : {}),
		...linear(`vace_blocks.${i}.after_proj`, dim, dim),
	}));
	return {
		"vace_patch_embedding.weight": [dim, VACE_CHANNELS, 1, patch, patch],
		"vace_patch_embedding.bias": [dim],
		...Object.assign({}, ...each),
	};
}

function blockShapes(name: string, dim: number, ffn: number): Shapes {
	const attention = (kind: string): Shapes => ({
		...Object.assign({}, ...["q", "k", "v", "o"].map((part) => linear(`${name}.${kind}.${part}`, dim, dim))),
		[`${name}.${kind}.norm_q.weight`]: [dim],
		[`${name}.${kind}.norm_k.weight`]: [dim],
	});
	return {
		[`${name}.modulation`]: [1, 6, dim],
		...attention("self_attn"),
		...attention("cross_attn"),
		[`${name}.norm3.weight`]: [dim],
		[`${name}.norm3.bias`]: [dim],
		...linear(`${name}.ffn.0`, dim, ffn),
		...linear(`${name}.ffn.2`, ffn, dim),
	};
}

function linear(name: string, inputs: number, outputs: number): Shapes {
	return { [`${name}.weight`]: [outputs, inputs], [`${name}.bias`]: [outputs] };
}
