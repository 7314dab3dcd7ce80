/** A noise scale for a picture that stands still. */
const STILL = 0.8;
/** What full motion takes off the noise scale. */
const SENSITIVITY = 0.2;
/** The difference of two frames, root mean square in pixels of [-1, 1], that counts as full motion. */
const FULL_MOTION = 0.2;
/** The weight of what was measured; the rest is the noise scale it came from. */
const MEASURED = 0.9;

/**
 * Sets the noise scale of video mode by how much the video moves: the more, the less noise, so that motion is kept.
 *
 * StreamDiffusionV2's motion-aware noise controller (Feng et al. 2025, arXiv 2511.07399), as Scope has it: the last
 * `frames` pixel frames of a chunk are compared with the same frames one earlier,
 * `m = clamp(max √mean((a − b)²) / 0.2, 0, 1)`, and the new scale is `0.9 (0.8 − 0.2 m) + 0.1 · scale`.
 */
export class NoiseController {
	/** How many frames at the end of a chunk are looked at: the model's latent frames of a chunk (3, or 1). */
	readonly frames: number;
	#last: Float32Array | undefined;

	constructor(frames: number) {
		this.frames = frames;
	}

	/**
	 * The noise scale of a chunk. Remembers its last frame, as a copy.
	 *
	 * @param video the chunk's frames, pixels in [-1, 1] in any layout that is the same for all: one more than `frames`
	 *   at least in the first chunk, `frames` in later ones.
	 * @param noiseScale the value that the hand has set; there is no feedback.
	 */
	next(video: readonly Float32Array[], noiseScale: number): number {
		const window = video.slice(-this.frames);
		const before = video.slice(-this.frames - 1, -1);
		if (this.#last) before.splice(0, before.length - this.frames + 1, this.#last);
		const difference = Math.max(...window.map((frame, i) => rootMeanSquare(frame, before[i] as Float32Array)));
		const motion = Math.min(difference / FULL_MOTION, 1);
		this.#last = video.at(-1)?.slice();
		return (STILL - SENSITIVITY * motion) * MEASURED + noiseScale * (1 - MEASURED);
	}

	/** Forgets the last frame: the next chunk is a first one. */
	reset(): void {
		this.#last = undefined;
	}
}

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
	return Math.sqrt(sum / a.length);
}
