import type { Size } from "mutoscope/sdk";
import type { Edges, LevelAutomaton } from "./automaton.ts";

/** What drives a reaction. */
export interface ReactionRule {
	/** How fast U flows in and both flow out, 0 to 0.12 per unit of time. */
	readonly feed: number;
	/** How fast V is taken out besides, 0 to 0.08 per unit of time. */
	readonly kill: number;
	/** How fast U and V spread, in cells² per unit of time; stable up to 1. */
	readonly spreadU: number;
	readonly spreadV: number;
}

/** Units of time, each one step of Euler's method, that count as one generation. */
export const STEPS = 8;

/** The concentration of V that is shown as fully alive. */
const FULL = 0.42;

/**
 * Gray-Scott reaction and diffusion: U + 2V → 3V, V → P, with U fed in.
 *
 * ∂U/∂t = Dᵤ∇²U − UV² + F(1 − U), ∂V/∂t = Dᵥ∇²V + UV² − (F + k)V. P. Gray, S. K. Scott 1983; J. E. Pearson, "Complex
 * patterns in a simple system", Science 261, 1993. The Laplacian has nine points (edges 1/5, corners 1/20, centre −1), as
 * in K. Sims' tutorial, so that waves are round. Nothing flows through walls.
 */
export class Reaction implements LevelAutomaton {
	readonly look = "levels";
	readonly lag = 12;
	readonly size: Size;
	readonly levels: Float32Array;
	edges: Edges;
	rule: ReactionRule;
	/** Concentrations with one cell of rim, and those of the next step. */
	#u: Float64Array;
	#v: Float64Array;
	#nextU: Float64Array;
	#nextV: Float64Array;
	readonly #steps: number;

	/** Everything U, no V, until something is sown. */
	constructor(size: Size, rule: ReactionRule, edges: Edges, steps: number = STEPS) {
		this.size = size;
		this.rule = rule;
		this.edges = edges;
		this.levels = new Float32Array(size.width * size.height);
		const cells = (size.width + 2) * (size.height + 2);
		this.#u = new Float64Array(cells).fill(1);
		this.#v = new Float64Array(cells);
		this.#nextU = new Float64Array(cells).fill(1);
		this.#nextV = new Float64Array(cells);
		this.#steps = steps;
	}

	get watched(): Float32Array {
		return this.levels;
	}

	/** Concentrations of U and V in cell `index`. */
	at(index: number): readonly [u: number, v: number] {
		const i = this.#inside(index);
		return [this.#u[i] as number, this.#v[i] as number];
	}

	/** Sets both concentrations in cell `index`. */
	set(index: number, u: number, v: number): void {
		const i = this.#inside(index);
		this.#u[i] = u;
		this.#v[i] = v;
		this.levels[index] = Math.min(1, v / FULL);
	}

	step(): void {
		for (let i = 0; i < this.#steps; i++) this.#react();
		const { width, height } = this.size;
		for (let y = 0, at = 0; y < height; y++) {
			for (let x = 0, i = (y + 1) * (width + 2) + 1; x < width; x++, i++, at++) {
				this.levels[at] = Math.min(1, (this.#v[i] as number) / FULL);
			}
		}
	}

	sow(index: number, draw: number): void {
		this.set(index, 0.5, 0.2 + 0.2 * draw);
	}

	rest(index: number): void {
		this.set(index, 1, 0);
	}

	#inside(index: number): number {
		const { width } = this.size;
		return (Math.floor(index / width) + 1) * (width + 2) + (index % width) + 1;
	}

	#react(): void {
		const { width, height } = this.size;
		const { feed, kill, spreadU, spreadV } = this.rule;
		const [u, v, nextU, nextV] = [this.#u, this.#v, this.#nextU, this.#nextV];
		const stride = width + 2;
		const loss = feed + kill;
		this.#rim(u);
		this.#rim(v);
		for (let y = 1; y <= height; y++) {
			let i = y * stride + 1;
			let up = i - stride;
			let down = i + stride;
			let [uLeft, uHere] = [column(u, up - 1, i - 1, down - 1), column(u, up, i, down)];
			let [vLeft, vHere] = [column(v, up - 1, i - 1, down - 1), column(v, up, i, down)];
			for (const end = i + width; i < end; i++, up++, down++) {
				const uRight = column(u, up + 1, i + 1, down + 1);
				const vRight = column(v, up + 1, i + 1, down + 1);
				const a = u[i] as number;
				const b = v[i] as number;
				// A column is up + 4 here + down; three of them weigh 1 4 1 / 4 16 4 / 1 4 1, which is the stencil × 20 + 36 here.
				const aroundU = (uLeft + 4 * uHere + uRight - 36 * a) * 0.05;
				const aroundV = (vLeft + 4 * vHere + vRight - 36 * b) * 0.05;
				const reaction = a * b * b;
				nextU[i] = a + spreadU * aroundU - reaction + feed * (1 - a);
				nextV[i] = b + spreadV * aroundV + reaction - loss * b;
				uLeft = uHere;
				uHere = uRight;
				vLeft = vHere;
				vHere = vRight;
			}
		}
		[this.#u, this.#v, this.#nextU, this.#nextV] = [nextU, nextV, u, v];
	}

	#rim(field: Float64Array): void {
		const { width, height } = this.size;
		const stride = width + 2;
		const [first, last] = this.edges === "wrap" ? [height, 1] : [1, height];
		field.copyWithin(0, first * stride, (first + 1) * stride);
		field.copyWithin((height + 1) * stride, last * stride, (last + 1) * stride);
		for (let row = 0; row < field.length; row += stride) {
			field[row] = field[row + (this.edges === "wrap" ? width : 1)] as number;
			field[row + width + 1] = field[row + (this.edges === "wrap" ? 1 : width)] as number;
		}
	}
}

function column(field: Float64Array, up: number, here: number, down: number): number {
	return (field[up] as number) + 4 * (field[here] as number) + (field[down] as number);
}
