import { type LatentSize, PATCH, tokensPerFrame } from "./config.ts";

/**
 * Latents as the transformer's tokens: [frames, channels, rows, columns] to [frames · tokens, channels · 4], a patch in the
 * order channel, row, column. Tokens go along the rows of a frame.
 */
export function patchify(latents: Float32Array, channels: number, size: LatentSize): Float32Array {
	const patches = new Float32Array(latents.length);
	arrange(latents, patches, { channels, size, channel: PATCH * PATCH, corner: 1, back: false });
	return patches;
}

/** What the transformer's head gives, a patch in the order row, column, channel, as latents [frames, channels, rows, columns]. */
export function unpatchify(patches: Float32Array, channels: number, size: LatentSize): Float32Array {
	const latents = new Float32Array(patches.length);
	arrange(latents, patches, { channels, size, channel: 1, corner: channels, back: true });
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

interface Arrangement {
	readonly channels: number;
	readonly size: LatentSize;
	/** How far apart channels lie in a patch, and corners. */
	readonly channel: number;
	readonly corner: number;
	/** From patches to latents. */
	readonly back: boolean;
}

function arrange(
	latents: Float32Array,
	patches: Float32Array,
	{ channels, size, channel, corner, back }: Arrangement,
): void {
	const { rows, columns } = size;
	const width = channels * PATCH * PATCH;
	let latent = 0;
	for (let frame = 0; latent < latents.length; frame++) {
		for (let c = 0; c < channels; c++) {
			for (let y = 0; y < rows; y++) {
				const token = frame * tokensPerFrame(size) + (y >> 1) * (columns >> 1);
				const from = token * width + c * channel + (y & 1) * PATCH * corner;
				for (let x = 0; x < columns; x++, latent++) {
					const at = from + (x >> 1) * width + (x & 1) * corner;
					if (back) latents[latent] = patches[at] as number;
					else patches[at] = latents[latent] as number;
				}
			}
		}
	}
}
