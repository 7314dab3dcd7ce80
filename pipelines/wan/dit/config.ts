/** The measures of a transformer of Wan 2.1's architecture. */
export interface DitConfig {
	/** Width of a token. */
	readonly dim: number;
	/** Width of the feed-forward layers. */
	readonly ffn: number;
	readonly heads: number;
	readonly layers: number;
	/** Channels that go in: those of the latents, and of the stamp, if it has one. */
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
	/** Latents that one token stands for along each side: 2 in all of Wan's own. */
	readonly patch: number;
	/** What is said to it of every latent's place, if it was trained so. */
	readonly stamp?: StampForm;
	/** What it answers: the flow from clean latents to noise, unless it says the clean latents themselves. */
	readonly predicts?: "flow" | "clean";
	/** Latent frames that it sees at a time, those of the chunk included, if they are not the pipeline's own number. */
	readonly window?: number;
}

/** How a stamp is made of the seed: see `stamp.ts`. */
export interface StampForm {
	/** How far the view may be moved along each axis; half the short side of the picture is 1. */
	readonly shift: number;
	/** How far it may be zoomed, in powers of e. */
	readonly scale: number;
	/** How far it may be turned, in radians. */
	readonly turn: number;
	/** Waves of each coordinate: of half a period over the length 1, a whole one, two, and so on. */
	readonly octaves: number;
	/** Waves around the centre: of one arm, two, and so on. */
	readonly arms: number;
}

const COMMON = {
	inChannels: 16,
	outChannels: 16,
	frequencies: 256,
	textDim: 4096,
	textLength: 512,
	eps: 1e-6,
	patch: 2,
};

/** Wan 2.1 T2V 1.3B (Wan Team 2025, arXiv 2503.20314). */
export const WAN_1_3B: DitConfig = { ...COMMON, dim: 1536, ffn: 8960, heads: 12, layers: 30 };

/** Wan 2.1 T2V 14B. */
export const WAN_14B: DitConfig = { ...COMMON, dim: 5120, ffn: 13824, heads: 40, layers: 40 };

/** Size of latents in rows and columns, both multiples of the patch. */
export interface LatentSize {
	readonly rows: number;
	readonly columns: number;
}

/** Tokens of one latent frame. */
export function tokensPerFrame({ rows, columns }: LatentSize, patch: number): number {
	return (rows / patch) * (columns / patch);
}
