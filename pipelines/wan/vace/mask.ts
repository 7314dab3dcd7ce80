/** Pixels to a side of one latent cell of the Wan VAE. */
const CELL = 8;

/**
 * A mask as the 64 channels that VACE reads: each cell of 8×8 pixels becomes 64 channels, row by row, and of the frames
 * those in the middle of each latent frame are kept ("nearest-exact"). The values stay what they are, not rounded to 0
 * and 1.
 *
 * VACE (Jiang et al. 2025, arXiv 2503.07598), `vace_encode_masks` of its Wan code (Apache-2.0).
 *
 * @param mask frames of [height, width], 1 where new pixels are wanted; both sides multiples of 8.
 * @param references how many latent frames of zeros stand in front.
 * @returns [64, references + frames', height/8, width/8], with frames' = ⌊(frames + 3) / 4⌋.
 */
export function maskChannels(
	mask: readonly Float32Array[],
	height: number,
	width: number,
	references = 0,
): Float32Array {
	const rows = height / CELL;
	const columns = width / CELL;
	const length = (mask.length + 3) >> 2;
	const latents = references + length;
	const channels = new Float32Array(CELL * CELL * latents * rows * columns);
	for (let latent = 0; latent < length; latent++) {
		const frame = mask[Math.floor(((latent + 0.5) * mask.length) / length)] as Float32Array;
		for (let y = 0; y < height; y++) {
			const row = (y >> 3) * columns;
			for (let x = 0; x < width; x++) {
				const channel = (y & 7) * CELL + (x & 7);
				const at = (channel * latents + references + latent) * rows * columns + row + (x >> 3);
				channels[at] = frame[y * width + x] as number;
			}
		}
	}
	return channels;
}
