/** Rows of the table: the training timesteps of Wan 2.1. */
const ROWS = 1000;

/**
 * The noise schedule of one model: 1000 levels of σ, warped towards noise by `shift`.
 *
 * Flow matching as Wan 2.1 and Self-Forcing sample it (Huang et al. 2025, arXiv 2506.08009, `utils/scheduler.py`,
 * Apache-2.0): `s_i = 1 − i/1000`, `σ_i = shift·s_i / (1 + (shift − 1)·s_i)`, `t_i = 1000·σ_i`. The last row is not
 * noiseless: timestep 0 has `σ = shift / (999 + shift)`. Computed in fp32 step by step, because that is what the
 * models were trained and distilled with.
 */
export class Schedule {
	/** How far the levels are moved towards noise: 5 for all models but StreamDiffusionV2, which has 8. */
	readonly shift: number;
	/** σ of each row, from 1 downwards. */
	readonly sigmas: Float32Array;
	/** The timestep of each row: 1000 σ. */
	readonly timesteps: Float32Array;

	constructor(shift: number) {
		this.shift = shift;
		const slope = Math.fround(Math.fround(shift) - 1);
		this.sigmas = linspace(1, 0, ROWS + 1)
			.subarray(0, ROWS)
			.map((s) => Math.fround(shift * s) / Math.fround(1 + Math.fround(slope * s)));
		this.timesteps = this.sigmas.map((sigma) => sigma * 1000);
	}

	/** The row whose timestep is nearest to `timestep`, the first of two that are as near. */
	row(timestep: number): number {
		let nearest = 0;
		let distance = Number.POSITIVE_INFINITY;
		for (const [row, t] of this.timesteps.entries()) {
			const away = Math.abs(t - timestep);
			if (away >= distance) continue;
			nearest = row;
			distance = away;
		}
		return nearest;
	}

	/** The share of noise at a timestep: σ of the nearest row. */
	sigma(timestep: number): number {
		return this.sigmas[this.row(timestep)] as number;
	}

	/**
	 * The timestep that a step stands for where steps are warped, as the authors of Self-Forcing do and Scope does not:
	 * step k is row 1000 − k, step 0 no noise at all. With shift 5, step 750 is timestep 937.5.
	 */
	warp(step: number): number {
		return this.timesteps[ROWS - step] ?? 0;
	}
}

/**
 * The clean latents that a model's answer implies, `x₀ = x_t − σ v`. In fp64, rounded to fp32 once.
 *
 * @param flow v, the model's answer: the way from clean to noise.
 * @param out where to write; may be `noisy` itself.
 */
export function toClean(
	noisy: Float32Array,
	flow: Float32Array,
	sigma: number,
	out = new Float32Array(noisy.length),
): Float32Array {
	for (let i = 0; i < out.length; i++) out[i] = (noisy[i] as number) - sigma * (flow[i] as number);
	return out;
}

/**
 * Clean latents with noise laid over, `x_σ = (1 − σ) x₀ + σ ε`. In fp64, rounded to fp32 once. With σ a noise scale
 * it is how an input video enters.
 *
 * @param out where to write; may be one of the inputs.
 */
export function addNoise(
	clean: Float32Array,
	noise: Float32Array,
	sigma: number,
	out = new Float32Array(clean.length),
): Float32Array {
	for (let i = 0; i < out.length; i++) out[i] = (1 - sigma) * (clean[i] as number) + sigma * (noise[i] as number);
	return out;
}

/**
 * `length` numbers from `from` to `to`, in fp32, bit for bit as PyTorch's `linspace` on a processor with AVX2: each half
 * counted from its own end, eight at a time, of which the first is rounded once and the others are counted from it. The
 * last that do not fill sixteen are counted one by one.
 */
function linspace(from: number, to: number, length: number): Float32Array {
	const step = Math.fround(Math.fround(to - from) / (length - 1));
	const at = (i: number) => Math.fround(i < length >> 1 ? from + step * i : to - step * (length - i - 1));
	const grouped = length - (length % 16);
	return Float32Array.from({ length }, (_, i) => {
		const lane = i < grouped ? i % 8 : 0;
		return at(i - lane) + Math.fround(lane * step);
	});
}
