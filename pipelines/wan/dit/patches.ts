import { type LatentSize, tokensPerFrame } from "./config.ts";

/** How latents are cut into tokens. */
export interface Cut {
	/** Channels of the latents. */
	readonly channels: number;
	readonly size: LatentSize;
	/** Latents to a token along each side. */
	readonly patch: number;
}

/**
 * Latents as the transformer's tokens: [frames, channels, rows, columns] to [frames · tokens, channels · patch²], a patch in
 * the order channel, row, column. Tokens go along the rows of a frame.
 *
 * @param stamp channels that follow those of every frame, [more, rows, columns].
 */
export function patchify(latents: Float32Array, cut: Cut, stamp: Float32Array = new Float32Array(0)): Float32Array {
	const { channels, size, patch } = cut;
	const area = size.rows * size.columns;
	const frames = latents.length / (channels * area);
	const more = stamp.length / area;
	const patches = new Float32Array(latents.length + frames * stamp.length);
	const order: Order = { width: (channels + more) * patch ** 2, channel: patch ** 2, corner: 1, back: false };
	arrange(latents, patches, cut, order);
	for (let frame = 0; more > 0 && frame < frames; frame++) {
		const from = frame * tokensPerFrame(size, patch) * order.width + channels * patch ** 2;
		arrange(stamp, patches.subarray(from), { ...cut, channels: more }, order);
	}
	return patches;
}

/** What the transformer's head gives, a patch in the order row, column, channel, as latents [frames, channels, rows, columns]. */
export function unpatchify(patches: Float32Array, cut: Cut): Float32Array {
	const { channels, patch } = cut;
	const latents = new Float32Array(patches.length);
	arrange(latents, patches, cut, { width: channels * patch ** 2, channel: 1, corner: channels, back: true });
	return latents;
}

/** [channels, frames, rows, columns], as Wan's own code has latents, to [frames, channels, rows, columns], or back. */
export function swapAxes(data: Float32Array, first: number, second: number): Float32Array {
	const size = data.length / (first * second);
	const swapped = new Float32Array(data.length);
	for (let a = 0; a < first; a++) {
		for (let b = 0; b < second; b++) {
			const from = (a * second + b) * size;
			swapped.set(data.subarray(from, from + size), (b * first + a) * size);
		}
	}
	return swapped;
}

/** Where in a token what lies. */
interface Order {
	/** Numbers of a token. */
	readonly width: number;
	/** How far apart channels lie in it, and corners. */
	readonly channel: number;
	readonly corner: number;
	/** From patches to latents. */
	readonly back: boolean;
}

function arrange(
	latents: Float32Array,
	patches: Float32Array,
	{ channels, size, patch }: Cut,
	{ width, channel, corner, back }: Order,
): void {
	const { rows, columns } = size;
	let latent = 0;
	for (let frame = 0; latent < latents.length; frame++) {
		for (let c = 0; c < channels; c++) {
			for (let y = 0; y < rows; y++) {
				const token = frame * tokensPerFrame(size, patch) + Math.floor(y / patch) * (columns / patch);
				let from = token * width + c * channel + (y % patch) * patch * corner;
				for (let x = 0; x < columns; x += patch, from += width) {
					for (let at = from; at < from + patch * corner; at += corner, latent++) {
						if (back) latents[latent] = patches[at] as number;
						else patches[at] = latents[latent] as number;
					}
				}
			}
		}
	}
}
