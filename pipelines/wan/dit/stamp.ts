import { philox } from "../philox.ts";
import type { LatentSize, StampForm } from "./config.ts";

/** From where a stream sees the model's world: four numbers from -1 to 1. They move it, across and down, zoom and turn it. */
export type StampKeys = readonly [number, number, number, number];

/** Channels that say the keys and the place: the waves come after them. */
const PLAIN = 6;
/** A sine and a cosine of either coordinate. */
const WAVES = 4;
/** The distance from the centre, and its logarithm. */
const POLAR = 2;
/** Keeps the logarithm finite at the centre. */
const NEAR = 0.1;
/** The counter's last word, which is 0 for all noise. */
const DRAW = 1;

/** How many channels follow the latents; none without a stamp. */
export function stampChannels(form: StampForm | undefined): number {
	return form ? PLAIN + WAVES * form.octaves + POLAR + 2 * form.octaves + 2 * form.arms : 0;
}

/**
 * The keys of a seed: the four words of Philox at the counter (0, 0, 0, 1) under the key `seed`, a draw that no noise has,
 * each w as (w + ½) / 2³¹ − 1.
 */
export function stampKeys(seed: number): StampKeys {
	const words = Uint32Array.of(0, 0, 0, DRAW);
	philox(words, [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]);
	return Array.from(words, (word) => (word + 0.5) / 2 ** 31 - 1) as unknown as StampKeys;
}

/**
 * A stamp [channels, rows, columns] in fp32: it tells a model where in its world each latent lies. The same goes in with every
 * frame and every pass, behind the latents' channels, as Wan's image-to-video model takes in more channels than it gives out.
 *
 * With p the middle of a latent, counted from the middle of the picture, half the short side 1 and down positive, the place
 * is q = R(−turn · k₃) (p − shift · (k₀, k₁)) / e^(scale · k₂), R(a) turning from x to y. Channels are k₀ … k₃, q's x and y, and
 * for each octave o sin and cos of 2ᵒπ q's x, then of its y (Mildenhall et al. 2020, arXiv 2003.08934); then r = |q|,
 * ln(r + 0.1), sin and cos of 2ᵒπ r for each octave, and sin and cos of 1, 2 … `arms` times q's angle. Computed in fp64, rounded
 * once.
 */
export function stampOf(form: StampForm, keys: StampKeys, { rows, columns }: LatentSize): Float32Array {
	const [right, down, near, around] = keys;
	const zoom = Math.exp(form.scale * near);
	const [sin, cos] = wave(form.turn * around);
	const unit = Math.min(columns, rows) / 2;
	const area = rows * columns;
	const stamp = new Float32Array(stampChannels(form) * area);
	for (let at = 0; at < area; at++) {
		const x = ((at % columns) + 0.5 - columns / 2) / unit - form.shift * right;
		const y = (Math.floor(at / columns) + 0.5 - rows / 2) / unit - form.shift * down;
		const said = [...keys, ...placeOf((x * cos + y * sin) / zoom, (y * cos - x * sin) / zoom, form)];
		for (const [channel, value] of said.entries()) stamp[channel * area + at] = value;
	}
	return stamp;
}

function placeOf(x: number, y: number, { octaves, arms }: StampForm): readonly number[] {
	const [distance, angle] = [Math.hypot(x, y), Math.atan2(y, x)];
	const doubling = Array.from({ length: octaves }, (_, octave) => Math.PI * 2 ** octave);
	const plane = doubling.flatMap((each) => [...wave(each * x), ...wave(each * y)]);
	const rings = doubling.flatMap((each) => wave(each * distance));
	const rays = Array.from({ length: arms }, (_, arm) => wave((arm + 1) * angle)).flat();
	return [x, y, ...plane, distance, Math.log(distance + NEAR), ...rings, ...rays];
}

function wave(angle: number): readonly [number, number] {
	return [Math.sin(angle), Math.cos(angle)];
}
