import { MutoscopeError } from "mutoscope/sdk";

/** Pixel frames that one latent frame stands for: a first or a last picture takes so many. */
export const GROUP = 4;

/** Frames for VACE with what of them is to be made. */
export interface Conditioning {
	/** [3, height, width] each, in [-1, 1]. */
	readonly frames: readonly Float32Array[];
	/** [height, width] each: 1 is to be made, 0 is to be kept. */
	readonly masks: readonly Float32Array[];
}

/** What an extension is made of. */
export interface ExtensionInput {
	/** What the chunk begins with, [3, height, width]. */
	readonly first?: Float32Array | undefined;
	/** What it ends with. */
	readonly last?: Float32Array | undefined;
	/** Frames to be followed in between. */
	readonly frames?: readonly Float32Array[] | undefined;
	/** Which parts of them are free. */
	readonly masks?: readonly Float32Array[] | undefined;
}

/**
 * A chunk that begins or ends with given pictures: they fill the first or last four frames and are kept there, and all
 * else is to be made. With a mask the picture stands only where the mask is over one half; the rest of these frames is
 * the conditioning video's, and is kept, too.
 *
 * @param length pixel frames of a chunk without the extra one of the first: 12, or 4.
 * @throws MutoscopeError `request/invalid-field` if a chunk is too short for both pictures.
 */
export function extended(
	{ first, last, frames, masks }: ExtensionInput,
	length: number,
	height: number,
	width: number,
): Conditioning {
	if (first && last && length < 2 * GROUP) {
		throw new MutoscopeError("request/invalid-field", {
			field: "last_frame_image",
			reason: `a chunk of ${length} frames has no room for a first and a last picture`,
		});
	}
	const size = height * width;
	const gray = new Float32Array(3 * size);
	const free = new Float32Array(size).fill(1);
	const kept = new Float32Array(size);
	const pictureAt = (t: number) => (t < GROUP && first ? first : t >= length - GROUP ? last : undefined);
	const each = Array.from({ length }, (_, t) => {
		const base = frames?.[t] ?? frames?.at(-1) ?? gray;
		const mask = masks?.[t] ?? masks?.at(-1) ?? free;
		const picture = pictureAt(t);
		if (!picture) return { frame: base, mask };
		return { frame: masks ? composed(picture, base, mask) : picture, mask: kept };
	});
	return { frames: each.map(({ frame }) => frame), masks: each.map(({ mask }) => mask) };
}

function composed(picture: Float32Array, base: Float32Array, mask: Float32Array): Float32Array {
	return base.map((value, i) => ((mask[i % mask.length] as number) > 0.5 ? (picture[i] as number) : value));
}
