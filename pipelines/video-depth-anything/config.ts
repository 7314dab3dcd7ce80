/** What of a model its weights do not show. */
export interface DepthConfig {
	/** Heads of the picture transformer's attention. */
	readonly heads: number;
	/** The four blocks whose tokens the depth is made of. */
	readonly taps: readonly [number, number, number, number];
}

/** Video Depth Anything with DINOv2's ViT-S/14. */
export const VITS: DepthConfig = { heads: 6, taps: [2, 5, 8, 11] };

/** Pixels of a token's side. */
export const PATCH = 14;
