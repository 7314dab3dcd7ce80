/** The measures of a Wan 2.1 transformer. Patches are 1 × 2 × 2 in all of them. */
export interface DitConfig {
	/** Width of a token. */
	readonly dim: number;
	/** Width of the feed-forward layers. */
	readonly ffn: number;
	readonly heads: number;
	readonly layers: number;
	/** Channels of the latents that go in. */
	readonly inChannels: number;
	/** Channels of the flow that comes out. */
	readonly outChannels: number;
	/** Length of the time sinusoid. */
	readonly frequencies: number;
	/** Width of a text embedding. */
	readonly textDim: number;
	/** Tokens of a prompt, padding included: the model attends to the padding, too. */
	readonly textLength: number;
	/** Of all normalisations. */
	readonly eps: number;
}

const COMMON = { inChannels: 16, outChannels: 16, frequencies: 256, textDim: 4096, textLength: 512, eps: 1e-6 };

/** Wan 2.1 T2V 1.3B (Wan Team 2025, arXiv 2503.20314). */
export const WAN_1_3B: DitConfig = { ...COMMON, dim: 1536, ffn: 8960, heads: 12, layers: 30 };

/** Wan 2.1 T2V 14B. */
export const WAN_14B: DitConfig = { ...COMMON, dim: 5120, ffn: 13824, heads: 40, layers: 40 };

/** Pixels of a latent's patch: how many latents one token stands for along each side. */
export const PATCH = 2;

/** Size of latents in rows and columns, both even. */
export interface LatentSize {
	readonly rows: number;
	readonly columns: number;
}

/** Tokens of one latent frame. */
export function tokensPerFrame({ rows, columns }: LatentSize): number {
	return (rows / PATCH) * (columns / PATCH);
}
