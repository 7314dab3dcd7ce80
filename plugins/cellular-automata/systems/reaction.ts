import type { Size } from "mutoscope/sdk";
import type { Edges, LevelAutomaton } from "./automaton.ts";

/** What drives a reaction. */
export interface ReactionRule {
	/** How fast U flows in and both flow out, 0 to 0.12 per unit of time. */
	readonly feed: number;
	/** How fast V is taken out besides, 0 to 0.08 per unit of time. */
	readonly kill: number;
	/** How far feed and kill differ over the field, up and down. */
	readonly feedRange: number;
	readonly killRange: number;
	/** Where the landscape of feed and kill has wandered to, in turns. */
	readonly phase: number;
	/** How fast U and V spread, in cells² per unit of time; stable up to 1. */
	readonly spreadU: number;
	readonly spreadV: number;
}

/** Units of time, each one step of Euler's method, that count as one generation. */
const STEPS = 12;

/** The concentration of V that is shown as fully alive. */
const FULL = 0.36;

/**
 * Gray-Scott reaction and diffusion: U + 2V → 3V, V → P, with U fed in.
 *
 * ∂U/∂t = Dᵤ∇²U − UV² + F(1 − U), ∂V/∂t = Dᵥ∇²V + UV² − (F + k)V. P. Gray, S. K. Scott 1983; J. E. Pearson, "Complex
 * patterns in a simple system", Science 261, 1993. The Laplacian has nine points (edges 1/5, corners 1/20, centre −1), as
 * in K. Sims' tutorial, so that waves are round. Nothing flows through walls.
 */
export class Reaction implements LevelAutomaton {
	readonly look = "levels";
	readonly lively = 0.004;
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
	/** What the column and the row of a cell add to feed and to the loss of V. */
	readonly #feedX: Float64Array;
	readonly #feedY: Float64Array;
	readonly #lossX: Float64Array;
	readonly #lossY: Float64Array;
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
		this.#feedX = new Float64Array(size.width);
		this.#feedY = new Float64Array(size.height);
		this.#lossX = new Float64Array(size.width);
		this.#lossY = new Float64Array(size.height);
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
		this.#shape();
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

	/** Two waves across and two down, each of which goes its own way; their sum is at most the range. */
	#shape(): void {
		const { feed, kill, feedRange, killRange, phase } = this.rule;
		const wave = (at: number, length: number, turns: number) => Math.sin(2 * Math.PI * (at / length + turns)) / 2;
		const { width, height } = this.size;
		for (let x = 0; x < width; x++) {
			const more = feedRange * wave(x, width, phase);
			this.#feedX[x] = more;
			this.#lossX[x] = more + killRange * wave(x, width, 0.3 - phase * 0.62);
		}
		for (let y = 0; y < height; y++) {
			const more = feed + feedRange * wave(y, height, 0.1 - phase * 0.83);
			this.#feedY[y] = more;
			this.#lossY[y] = more + kill + killRange * wave(y, height, 0.7 + phase * 0.71);
		}
	}

	#inside(index: number): number {
		const { width } = this.size;
		return (Math.floor(index / width) + 1) * (width + 2) + (index % width) + 1;
	}

	#react(): void {
		const { width, height } = this.size;
		const { spreadU, spreadV } = this.rule;
		const [u, v, nextU, nextV] = [this.#u, this.#v, this.#nextU, this.#nextV];
		const stride = width + 2;
		const [feedX, lossX] = [this.#feedX, this.#lossX];
		this.#rim(u);
		this.#rim(v);
		for (let y = 1; y <= height; y++) {
			let i = y * stride + 1;
			let up = i - stride;
			let down = i + stride;
			let [uLeft, uHere] = [column(u, up - 1, i - 1, down - 1), column(u, up, i, down)];
			let [vLeft, vHere] = [column(v, up - 1, i - 1, down - 1), column(v, up, i, down)];
			const feedHere = this.#feedY[y - 1] as number;
			const lossHere = this.#lossY[y - 1] as number;
			for (let x = 0; x < width; x++, i++, up++, down++) {
				const uRight = column(u, up + 1, i + 1, down + 1);
				const vRight = column(v, up + 1, i + 1, down + 1);
				const a = u[i] as number;
				const b = v[i] as number;
				// A column is up + 4 here + down; three of them weigh 1 4 1 / 4 16 4 / 1 4 1, which is the stencil × 20 + 36 here.
				const aroundU = (uLeft + 4 * uHere + uRight - 36 * a) * 0.05;
				const aroundV = (vLeft + 4 * vHere + vRight - 36 * b) * 0.05;
				const reaction = a * b * b;
				nextU[i] = a + spreadU * aroundU - reaction + (feedHere + (feedX[x] as number)) * (1 - a);
				nextV[i] = b + spreadV * aroundV + reaction - (lossHere + (lossX[x] as number)) * b;
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
