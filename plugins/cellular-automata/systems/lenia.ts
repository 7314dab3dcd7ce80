import type { Size } from "mutoscope/sdk";
import type { Edges, LevelAutomaton } from "./automaton.ts";
import { type Convolution, convolutionFor, type Kernel } from "./convolution.ts";

/** What a world of Lenia is like. */
export interface LeniaRule {
	/** R: how far a cell feels, in cells. */
	readonly radius: number;
	/** β: heights of the rings of the kernel, from the centre outwards. */
	readonly rings: readonly number[];
	/** μ: the surroundings that a cell likes best. */
	readonly mu: number;
	/** σ: how far from that it still grows. */
	readonly sigma: number;
	/** Δt = 1/T: how far one generation goes. */
	readonly dt: number;
}

/**
 * Lenia: Life with cells, space and time made smooth. Aᵗ⁺ᵈᵗ = [Aᵗ + dt G(K ∗ Aᵗ)] clipped to 0 … 1.
 *
 * B. W.-C. Chan, "Lenia: biology of artificial life", Complex Systems 28 (3), 2019, arXiv 1812.05433: exponential kernel
 * core (eq. 11), rings (eq. 13), exponential growth G(u) = 2 exp(−(u − μ)² / 2σ²) − 1 (eq. 16).
 */
export class Lenia implements LevelAutomaton {
	readonly look = "levels";
	readonly lively = 0.004;
	readonly lag = 12;
	readonly size: Size;
	readonly levels: Float32Array;
	#rule: LeniaRule;
	#edges: Edges;
	#convolution: Convolution;
	readonly #around: Float32Array;

	constructor(size: Size, rule: LeniaRule, edges: Edges) {
		this.size = size;
		this.levels = new Float32Array(size.width * size.height);
		this.#around = new Float32Array(this.levels.length);
		this.#rule = rule;
		this.#edges = edges;
		this.#convolution = convolutionFor(size, ringKernel(rule), edges);
	}

	get watched(): Float32Array {
		return this.levels;
	}

	get edges(): Edges {
		return this.#edges;
	}

	set edges(edges: Edges) {
		if (edges === this.#edges) return;
		this.#edges = edges;
		this.#convolution = convolutionFor(this.size, ringKernel(this.#rule), edges);
	}

	get rule(): LeniaRule {
		return this.#rule;
	}

	/** The grid stays. */
	set rule(rule: LeniaRule) {
		const { radius, rings } = this.#rule;
		this.#rule = rule;
		if (rule.radius === radius && rule.rings.join() === rings.join()) return;
		this.#convolution = convolutionFor(this.size, ringKernel(rule), this.#edges);
	}

	step(): void {
		const { mu, sigma, dt } = this.#rule;
		const { levels } = this;
		const around = this.#around;
		const narrow = -1 / (2 * sigma * sigma);
		this.#convolution.apply(levels, around);
		for (let i = 0; i < levels.length; i++) {
			const off = (around[i] as number) - mu;
			const level = (levels[i] as number) + dt * (2 * Math.exp(off * off * narrow) - 1);
			levels[i] = level < 0 ? 0 : Math.min(level, 1);
		}
	}

	sow(index: number, draw: number): void {
		this.levels[index] = draw;
	}

	rest(index: number): void {
		this.levels[index] = 0;
	}
}

/** Lenia's kernel: rings of exp(4 − 1 / r(1 − r)), the outermost ending at the radius; the sum of all weights is 1. */
export function ringKernel({ radius, rings }: Pick<LeniaRule, "radius" | "rings">): Kernel {
	const side = 2 * radius + 1;
	const weights = Float64Array.from({ length: side * side }, (_, i) => {
		const distance = Math.hypot((i % side) - radius, Math.floor(i / side) - radius) / radius;
		const height = rings[Math.floor(distance * rings.length)];
		const within = (distance * rings.length) % 1;
		return height === undefined || distance >= 1 || within <= 0
			? 0
			: height * Math.exp(4 - 1 / (within * (1 - within)));
	});
	const sum = weights.reduce((a, b) => a + b, 0);
	return { radius, weights: weights.map((weight) => weight / sum) };
}
