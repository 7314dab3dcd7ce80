import { sameSize } from "../base/geometry.ts";
import { premultiply, unpremultiply } from "./alpha.ts";
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
	if (alpha) {
		mix(premultiply(under.data), premultiply(after.data), share, data);
		unpremultiply(data);
	} else mix(under.data, after.data, share, data);
	return result;
}

function mix(before: Uint8Array, after: Uint8Array, share: number, target: Uint8Array): void {
	const work = arena();
	work.clear([before.length, after.length]);
	const under = work.put(before);
	work.kernels.mixPair(under, work.put(after), 256 - share, share, under, Math.ceil(before.length / 16));
	target.set(work.bytes(under, target.length));
}
