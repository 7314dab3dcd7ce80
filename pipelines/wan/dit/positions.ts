import { type LatentSize, tokensPerFrame } from "./config.ts";

const THETA = 10000;

/** Cosines and sines of the angles by which pairs of a head are turned: [tokens, d/2] each, in fp32. */
export interface Turns {
	readonly cos: Float32Array;
	readonly sin: Float32Array;
}

/**
 * Rotary positions in time, height and width (Su et al. 2021, arXiv 2104.09864, as Wan 2.1 divides a head among the three
 * axes). Of the d/2 pairs of a head, ⌊d/6⌋ turn with the row, as many with the column, the rest with the frame. Angles are
 * computed in fp64 and rounded once.
 */
export class Positions {
	/** Tokens of one frame. */
	readonly tokens: number;
	/** Pairs of a head. */
	readonly pairs: number;
	readonly #time: Float64Array;
	readonly #space: Turns;

	/**
	 * @param depth d, the width of a head.
	 * @param patch latents to a token along each side.
	 */
	constructor(depth: number, size: LatentSize, patch: number) {
		const side = Math.floor(depth / 6);
		this.tokens = tokensPerFrame(size, patch);
		this.pairs = depth / 2;
		this.#time = frequencies(this.pairs - 2 * side);
		this.#space = spaceTurns(frequencies(side), size, patch);
	}

	/** Turns of frames at these positions in time, which may lie anywhere. */
	of(frames: readonly number[]): Turns {
		const { tokens, pairs } = this;
		const space = this.#space.cos.length / tokens;
		const time = pairs - space;
		const cos = new Float32Array(frames.length * tokens * pairs);
		const sin = new Float32Array(cos.length);
		for (const [f, position] of frames.entries()) {
			const [c, s] = [Math.cos, Math.sin].map((turn) => Float32Array.from(this.#time, (w) => turn(position * w)));
			for (let token = 0; token < tokens; token++) {
				const at = (f * tokens + token) * pairs;
				cos.set(c as Float32Array, at);
				sin.set(s as Float32Array, at);
				cos.set(this.#space.cos.subarray(token * space, (token + 1) * space), at + time);
				sin.set(this.#space.sin.subarray(token * space, (token + 1) * space), at + time);
			}
		}
		return { cos, sin };
	}

	/** Turns by the same number of frames for every token of each frame, and by nothing in space. */
	shifts(frames: readonly number[]): Turns {
		const { tokens, pairs } = this;
		const cos = new Float32Array(frames.length * tokens * pairs).fill(1);
		const sin = new Float32Array(cos.length);
		for (const [f, shift] of frames.entries()) {
			for (let token = 0; token < tokens; token++) {
				for (const [i, w] of this.#time.entries()) {
					cos[(f * tokens + token) * pairs + i] = Math.cos(shift * w);
					sin[(f * tokens + token) * pairs + i] = Math.sin(shift * w);
				}
			}
		}
		return { cos, sin };
	}
}

/** θ^(−i/count) for each pair. */
function frequencies(count: number): Float64Array {
	return Float64Array.from({ length: count }, (_, i) => THETA ** (-i / count));
}

function spaceTurns(side: Float64Array, { rows, columns }: LatentSize, patch: number): Turns {
	const [height, width] = [rows / patch, columns / patch];
	const angles = new Float64Array(height * width * 2 * side.length);
	let at = 0;
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			for (const w of side) angles[at++] = y * w;
			for (const w of side) angles[at++] = x * w;
		}
	}
	return { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) };
}

/** In which precision the angles of timesteps are computed: `double`, or `single`, as in Scope's VACE. */
export type Precision = "double" | "single";

/**
 * What a timestep is to the model: cosines, then sines, of `t · 10000^(−i/half)`; [timesteps, length] in fp32.
 *
 * In `single` precision the frequencies are `exp(−ln(10000) · i / half)`: up to 6e-5 beside the others.
 */
export function sinusoid(timesteps: readonly number[], length: number, precision: Precision = "double"): Float32Array {
	const half = length / 2;
	const round = precision === "single" ? Math.fround : (x: number) => x;
	const result = new Float32Array(timesteps.length * length);
	for (const [row, t] of timesteps.entries()) {
		for (let i = 0; i < half; i++) {
			const w =
				precision === "single"
					? round(Math.exp(round(round(-round(Math.log(THETA)) * i) / half)))
					: THETA ** (-i / half);
			const angle = round(t * w);
			result[row * length + i] = Math.cos(angle);
			result[row * length + half + i] = Math.sin(angle);
		}
	}
	return result;
}
