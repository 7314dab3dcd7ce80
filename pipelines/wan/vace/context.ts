import { type Conditioning, type ExtensionInput, extended } from "./extension.ts";
import { maskChannels } from "./mask.ts";

/** Channels of a latent frame. */
const LATENT = 16;
/** Channels of VACE's context: latents to keep, latents to change, and the mask. */
const CHANNELS = 2 * LATENT + 64;

/** What the branch is conditioned on: [frames, 96, height/8, width/8], fp32. */
export interface VaceContext {
	readonly data: Float32Array;
	/** Latent frames. The transformer takes the first of them that it has room for, and fills up with nothing. */
	readonly frames: number;
}

/** Which of the autoencoder's streams a video is part of. */
export type VaceStream =
	/** The one stream that it shares with the input video. */
	| "shared"
	/** A stream of its own. */
	| "inactive"
	| "reactive"
	/** None: a clip by itself, that leaves the streams as they are. */
	| "none";

/**
 * Encodes pixel frames, [3, height, width] each in [-1, 1], to latents [frames', 16, height/8, width/8].
 *
 * @param restart whether the stream begins here.
 */
type EncodeVideo = (
	frames: readonly Float32Array[],
	stream: VaceStream,
	restart: boolean,
) => Promise<Float32Array>;

/** What VACE is given in a chunk. Nothing at all is no context. */
export interface VaceInput extends ExtensionInput {
	/** Pictures of what shall be seen, prepared (`reference.ts`). */
	readonly references?: readonly Float32Array[] | undefined;
}

/** How a context is made. */
export interface ContextOptions {
	/** Height in pixels, a multiple of 16. */
	readonly height: number;
	/** Width in pixels, a multiple of 16. */
	readonly width: number;
	/** Pixel frames of a chunk without the extra one of the first: 12, or 4. */
	readonly length: number;
	/** Whether nothing was decoded since the last reset: every stream begins anew with each of its videos. */
	readonly first: boolean;
	/**
	 * Whether the videos are streams of their own, as with the tiny autoencoders. Else they follow each other in the one
	 * stream of the input video, as Scope has it with the full ones: what each takes for its past is then another's.
	 */
	readonly separate: boolean;
	readonly encode: EncodeVideo;
}

/**
 * The 96 channels that VACE reads (Jiang et al. 2025, arXiv 2503.07598): what is kept of the frames and what is to be
 * changed, encoded apart, and the mask. References stand in front as frames with nothing to change.
 *
 * - frames alone: all of them is to be changed, and they say how (depth, pose, scribble …);
 * - with masks: only there;
 * - with a first or last picture: these are kept, see `extended`;
 * - references alone: one latent frame for up to four of them, of which the first counts;
 * - references and frames: the first reference, then the frames, so that the last of them finds no room.
 */
export async function vaceContext(input: VaceInput, options: ContextOptions): Promise<VaceContext | undefined> {
	const { references = [], first, last, frames, masks } = input;
	const { height, width, length } = options;
	if (first || last) return withReference(await conditioned(extended(input, length, height, width), options));
	if (frames && frames.length > 0) {
		const free = new Float32Array(height * width).fill(1);
		return withReference(await conditioned({ frames, masks: masks ?? frames.map(() => free) }, options));
	}
	return references.length > 0 ? joined([await referred(references, options)], options) : undefined;

	async function withReference(context: Part): Promise<VaceContext> {
		const [reference] = references;
		return joined(reference ? [await referred([reference], options), context] : [context], options);
	}
}

/** Some latent frames of a context: parts without values are zero. */
interface Part {
	readonly frames: number;
	/** [frames, 16, height/8, width/8]. */
	readonly inactive: Float32Array;
	/** As `inactive`. */
	readonly reactive?: Float32Array;
	/** [64, frames, height/8, width/8]. */
	readonly mask?: Float32Array;
}

async function conditioned({ frames, masks }: Conditioning, options: ContextOptions): Promise<Part> {
	const { height, width, encode, first, separate } = options;
	const whole = masks.every((mask) => mask.every((value) => value > 0.5));
	const kept = await encode(split(frames, masks, 0), separate ? "inactive" : "shared", first);
	const stream = separate ? "reactive" : "shared";
	const changed = await encode(split(frames, masks, 1), whole ? stream : "none", first || !whole);
	return {
		frames: kept.length / (LATENT * (height / 8) * (width / 8)),
		inactive: kept,
		reactive: changed,
		mask: maskChannels(masks, height, width),
	};
}

async function referred(references: readonly Float32Array[], { height, width, encode }: ContextOptions): Promise<Part> {
	const inactive = await encode(references, "none", true);
	return { frames: inactive.length / (LATENT * (height / 8) * (width / 8)), inactive };
}

/** The frames where the mask is 0 or 1, and mid-grey elsewhere. */
function split(frames: readonly Float32Array[], masks: readonly Float32Array[], side: 0 | 1): readonly Float32Array[] {
	return frames.map((frame, t) => {
		const mask = masks[t] as Float32Array;
		return frame.map((value, i) => ((mask[i % mask.length] as number) > 0.5 === (side === 1) ? value : 0));
	});
}

function joined(parts: readonly Part[], { height, width }: ContextOptions): VaceContext {
	const size = (height / 8) * (width / 8);
	const frames = parts.reduce((sum, part) => sum + part.frames, 0);
	const data = new Float32Array(CHANNELS * frames * size);
	let at = 0;
	for (const part of parts) {
		for (let frame = 0; frame < part.frames; frame++, at++) {
			const put = (channel: number, from: Float32Array | undefined, index: number) =>
				from && data.set(from.subarray(index * size, (index + 1) * size), (at * CHANNELS + channel) * size);
			for (let c = 0; c < LATENT; c++) {
				put(c, part.inactive, frame * LATENT + c);
				put(LATENT + c, part.reactive, frame * LATENT + c);
			}
			for (let c = 0; c < 64; c++) put(2 * LATENT + c, part.mask, c * part.frames + frame);
		}
	}
	return { data, frames };
}
