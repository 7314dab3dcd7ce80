/** How a pipeline cuts time into chunks. */
export interface ChunkShape {
	/** Latent frames of a chunk: 3, or 1 for StreamDiffusionV2. */
	readonly latents: number;
	/** Latent frames of the first chunk without input video: as the others, or 2 for StreamDiffusionV2. */
	readonly firstLatents: number;
	/** Whether the first latent frame of a stream takes in four pixel frames as all others do, of which it gives out the last. */
	readonly whole?: boolean;
}

/** What a chunk takes in and gives out. */
export interface ChunkPlan {
	/** Pixel frames that the autoencoder is given: of the input video, or of VACE's. */
	readonly input: number;
	/** Latent frames that are made. */
	readonly latents: number;
	/** Pixel frames that come out. */
	readonly output: number;
}

/** Pixel frames to a latent frame; the first of a stream has only one. */
const STRIDE = 4;

/**
 * The frames of a chunk. The first latent frame of a stream is one pixel frame, unless it is whole, each later one four.
 *
 * @param start the absolute index of the chunk's first latent frame.
 * @param video whether an input video is laid under the noise: then the first chunk has a latent frame more.
 */
export function planChunk({ latents, firstLatents, whole }: ChunkShape, start: number, video: boolean): ChunkPlan {
	if (start > 0) return { input: STRIDE * latents, latents, output: STRIDE * latents };
	if (whole) return { input: STRIDE * latents, latents, output: STRIDE * (latents - 1) + 1 };
	const first = video ? latents + 1 : firstLatents;
	return { input: STRIDE * latents + 1, latents: first, output: STRIDE * (first - 1) + 1 };
}

/** How many pixel frames a chunk asks its source for. The first chunk stretches them to one more. */
export function framesWanted({ latents }: ChunkShape): number {
	return STRIDE * latents;
}

/**
 * Which of `given` frames stand for each of `wanted`: evenly spread, the ends kept. Ties go to the even index, so that 12
 * frames for 13 repeat the seventh.
 */
export function resampled(given: number, wanted: number): readonly number[] {
	if (given === wanted || wanted === 1) return Array.from({ length: wanted }, (_, i) => i);
	return Array.from({ length: wanted }, (_, k) => roundHalfEven((k * (given - 1)) / (wanted - 1)));
}

/** The nearest whole number, of two the even one (IEEE 754, as Python rounds). */
function roundHalfEven(value: number): number {
	const floor = Math.floor(value);
	const rest = value - floor;
	return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
