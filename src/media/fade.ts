import { sameSize } from "../base/geometry.ts";
import { unpremultiply } from "./alpha.ts";
import { fitFrame } from "./fit.ts";
import type { Frame } from "./frame.ts";
import type { FramePool } from "./pool.ts";
import { arena } from "./simd/arena.ts";

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
	const { data } = result;
	mix(under.data, after.data, share, data, alpha);
	if (alpha) unpremultiply(data);
	return result;
}

function mix(before: Uint8Array, after: Uint8Array, share: number, target: Uint8Array, alpha: boolean): void {
	const work = arena();
	work.clear([before.length, after.length]);
	const blocks = Math.ceil(target.length / 16);
	const under = work.put(before);
	const over = work.put(after);
	if (alpha) for (const pixels of [under, over]) work.kernels.premultiply(pixels, blocks);
	work.kernels.mixPair(under, over, 256 - share, share, under, blocks);
	target.set(work.bytes(under, target.length));
}
