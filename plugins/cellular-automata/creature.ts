import { randomFrom } from "./random.ts";

/** Noise from which an Orbium grows (μ 0.15, σ 0.015), at any size: found by letting thousands of such patches live. */
const ORBIUM_SEEDS = [66, 221, 816] as const;

/** Knots of noise across a patch. */
const KNOTS = 6;

/** A patch of smooth noise, about as wide as a kernel: what an Orbium grows from in some twenty generations. */
export interface Patch {
	/** Radius of the kernel in cells. */
	readonly radius: number;
	/** How far the patch is turned, in radians. */
	readonly angle: number;
	/** Which of the known patches, 0 ≤ x < 1. */
	readonly draw: number;
}

/** Calls `put` with every cell of a patch: where it is, from the middle, and its level. */
export function orbiumPatch({ radius, angle, draw }: Patch, put: (x: number, y: number, level: number) => void): void {
	const random = randomFrom(ORBIUM_SEEDS[Math.floor(draw * ORBIUM_SEEDS.length)] as number);
	const knots = Float64Array.from({ length: KNOTS * KNOTS }, random);
	const reach = radius * 0.95;
	const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
	for (let y = -Math.ceil(reach); y <= reach; y++) {
		for (let x = -Math.ceil(reach); x <= reach; x++) {
			const distance = Math.hypot(x, y) / reach;
			if (distance >= 1) continue;
			const noise = noiseAt(knots, (x * cos + y * sin) / reach, (y * cos - x * sin) / reach);
			put(x, y, Math.min(1, noise * 1.3 * (1 - distance ** 4)));
		}
	}
}

/** Noise between the knots of a square from −1 to 1. */
function noiseAt(knots: Float64Array, x: number, y: number): number {
	const [u, v] = [(x / 2 + 0.5) * (KNOTS - 1), (y / 2 + 0.5) * (KNOTS - 1)];
	const column = Math.min(KNOTS - 2, Math.max(0, Math.floor(u)));
	const row = Math.min(KNOTS - 2, Math.max(0, Math.floor(v)));
	const knot = (dx: number, dy: number) => knots[(row + dy) * KNOTS + column + dx] as number;
	const [a, b] = [ease(u - column), ease(v - row)];
	return (knot(0, 0) * (1 - a) + knot(1, 0) * a) * (1 - b) + (knot(0, 1) * (1 - a) + knot(1, 1) * a) * b;
}

function ease(t: number): number {
	return t * t * (3 - 2 * t);
}
