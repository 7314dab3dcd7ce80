import type { Vae } from "../vae/vae.ts";
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
	/**
	 * What encodes. What is kept and what is to be changed are streams of it; a clip with a mask, and references, stand alone.
	 * It knows which of its calls begin a stream, and whether its streams share one memory.
	 */
	readonly vae: Pick<Vae, "encode">;
	readonly signal?: AbortSignal;
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
		return withReference(await conditioned({ frames, masks }, options));
	}
	const [reference] = references;
	if (!reference) return undefined;
	// One alone goes in as the array that it is: an encoder may know it.
	const pixels = references.length === 1 ? reference : packed(references);
	return joined([await encoded(pixels, "none", options)], options);

	async function withReference(context: Part): Promise<VaceContext> {
		const [reference] = references;
		return joined(reference ? [await encoded(reference, "none", options), context] : [context], options);
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

/** Without masks all of it is to be changed. */
async function conditioned(
	{ frames, masks }: Pick<VaceInput, "masks"> & Pick<Conditioning, "frames">,
	options: ContextOptions,
): Promise<Part> {
	const { height, width } = options;
	const { inactive, reactive, whole } = split(frames, masks);
	const kept = await encoded(inactive, "inactive", options);
	const changed = await encoded(reactive, whole ? "reactive" : "none", options);
	const free = masks ? undefined : new Float32Array(height * width).fill(1);
	const mask = maskChannels(masks ?? frames.map(() => free as Float32Array), height, width);
	return { ...kept, reactive: changed.inactive, mask };
}

/** Pixels [frames, 3, height, width] as latents that are to be kept. */
async function encoded(
	pixels: Float32Array,
	stream: "inactive" | "reactive" | "none",
	{ height, width, vae, signal }: ContextOptions,
): Promise<Part> {
	const inactive = await vae.encode(pixels, { stream, ...(signal ? { signal } : {}) });
	return { frames: inactive.length / (LATENT * (height / 8) * (width / 8)), inactive };
}

/** The frames, side by side, where the mask is 0 and where it is 1, mid-grey elsewhere; and whether all of it is 1. */
function split(frames: readonly Float32Array[], masks: readonly Float32Array[] = []) {
	const size = frames[0]?.length ?? 0;
	const inactive = new Float32Array(frames.length * size);
	const reactive = packed(frames);
	let whole = true;
	for (const [t, mask] of masks.entries()) {
		const frame = frames[t] as Float32Array;
		for (let i = 0; i < mask.length; i++) {
			if ((mask[i] as number) > 0.5) continue;
			whole = false;
			for (let at = i; at < size; at += mask.length) {
				inactive[t * size + at] = frame[at] as number;
				reactive[t * size + at] = 0;
			}
		}
	}
	return { inactive, reactive, whole };
}

function packed(frames: readonly Float32Array[]): Float32Array {
	const size = frames[0]?.length ?? 0;
	const pixels = new Float32Array(frames.length * size);
	for (const [i, frame] of frames.entries()) pixels.set(frame, i * size);
	return pixels;
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
