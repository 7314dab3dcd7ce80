import { sameSize } from "../base/geometry.ts";
import { premultiply, unpremultiply } from "./alpha.ts";
import { fitFrame } from "./fit.ts";
import type { Frame } from "./frame.ts";
import type { FramePool } from "./pool.ts";

const PAIR = 0x00ff_00ff;
const HALF = 0x0080_0080;

/**
 * A frame between two: `before` at weight 0, `after` at 1, with the size and stamp of `after`. A `before` of another size is
 * scaled to cover it.
 *
 * Closes neither; the caller closes the result.
 */
export function crossFade(before: Frame, after: Frame, weight: number, pool: FramePool): Frame {
	const share = Math.round(Math.min(1, Math.max(0, weight)) * 256);
	if (share === 256) return after.clone();
	const { size } = after;
	using under = sameSize(before.size, size) ? before.clone() : fitFrame(before, pool, { size, fit: "cover" });
	const alpha = before.alpha || after.alpha;
	const result = pool.take(size, { ...after.stamp, alpha });
	if (alpha) {
		mix(words(premultiply(under.data)), words(premultiply(after.data)), share, words(result.data));
		unpremultiply(result.data);
	} else mix(words(under.data), words(after.data), share, words(result.data));
	return result;
}

function words(data: Uint8Array): Uint32Array {
	return new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
}

/** Two channels of a pixel lie in one integer with eight bits of room above each, so that one multiplication does for both. */
function mix(before: Uint32Array, after: Uint32Array, share: number, target: Uint32Array): void {
	const rest = 256 - share;
	for (let at = 0; at < target.length; at++) {
		const a = before[at] as number;
		const b = after[at] as number;
		const even = Math.imul(a & PAIR, rest) + Math.imul(b & PAIR, share) + HALF;
		const odd = Math.imul((a >>> 8) & PAIR, rest) + Math.imul((b >>> 8) & PAIR, share) + HALF;
		target[at] = ((even >>> 8) & PAIR) | (odd & 0xff00_ff00);
	}
}
