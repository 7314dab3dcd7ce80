import { type LatentSize, PATCH, tokensPerFrame } from "./config.ts";

/**
 * Latents as the transformer's tokens: [frames, channels, rows, columns] to [frames · tokens, channels · 4], a patch in the
 * order channel, row, column. Tokens go along the rows of a frame.
 */
export function patchify(latents: Float32Array, channels: number, size: LatentSize): Float32Array {
	const patches = new Float32Array(latents.length);
	each(latents.length, channels, size, (latent, token, channel, corner) => {
		patches[(token * channels + channel) * PATCH * PATCH + corner] = latents[latent] as number;
	});
	return patches;
}

/** What the transformer's head gives, a patch in the order row, column, channel, as latents [frames, channels, rows, columns]. */
export function unpatchify(patches: Float32Array, channels: number, size: LatentSize): Float32Array {
	const latents = new Float32Array(patches.length);
	each(patches.length, channels, size, (latent, token, channel, corner) => {
		latents[latent] = patches[(token * PATCH * PATCH + corner) * channels + channel] as number;
	});
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

function each(
	length: number,
	channels: number,
	size: LatentSize,
	visit: (latent: number, token: number, channel: number, corner: number) => void,
): void {
	const { rows, columns } = size;
	const tokens = tokensPerFrame(size);
	let latent = 0;
	for (let frame = 0; latent < length; frame++) {
		for (let channel = 0; channel < channels; channel++) {
			for (let y = 0; y < rows; y++) {
				const row = frame * tokens + Math.floor(y / PATCH) * (columns / PATCH);
				const corner = (y % PATCH) * PATCH;
				for (let x = 0; x < columns; x++) visit(latent++, row + (x >> 1), channel, corner + (x & 1));
			}
		}
	}
}
