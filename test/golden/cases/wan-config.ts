import * as z from "zod";
import type { DitConfig, LatentSize } from "../../../pipelines/wan/dit/config.ts";

/** The measures of a transformer, as all configs of its cases have them. */
export const wanSchema = z.object({
	dim: z.int(),
	ffn_dim: z.int(),
	num_heads: z.int(),
	num_layers: z.int(),
	in_dim: z.int().default(16),
	out_dim: z.int().default(16),
	freq_dim: z.int().default(256),
	text_dim: z.int(),
	text_len: z.int(),
	eps: z.number().default(1e-6),
	patch_size: z.tuple([z.literal(1), z.literal(2), z.literal(2)]).default([1, 2, 2]),
	latent: z.array(z.int()),
});

/** The measures in our words. */
export function ditConfig(config: z.output<typeof wanSchema>): DitConfig {
	return {
		dim: config.dim,
		ffn: config.ffn_dim,
		heads: config.num_heads,
		layers: config.num_layers,
		inChannels: config.in_dim,
		outChannels: config.out_dim,
		frequencies: config.freq_dim,
		textDim: config.text_dim,
		textLength: config.text_len,
		eps: config.eps,
		patch: config.patch_size[1],
	};
}

/** Rows and columns: the last two lengths of `latent`. */
export function latentSize({ latent }: z.output<typeof wanSchema>): LatentSize {
	const [rows = 0, columns = 0] = latent.slice(-2);
	return { rows, columns };
}
