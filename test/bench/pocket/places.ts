import { stampKeys } from "../../../pipelines/wan/dit/stamp.ts";
import type { Centre } from "./measures/motion.ts";

/** How far the world's middle moves from the screen's: `stamp.shift` of the model's config. */
const SHIFT = 0.3;

/** A seed for each stream. */
export function seedOf(stream: number): number {
	return 1000 + 7 * stream;
}

/** Where a seed sees the world's middle, which everything turns and grows around. */
export function centreOf(seed: number): Centre {
	const [x, y] = stampKeys(seed);
	return { x: SHIFT * x, y: SHIFT * y };
}
