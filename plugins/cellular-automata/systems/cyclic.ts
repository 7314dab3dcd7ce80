import type { Size } from "mutoscope/sdk";
import type { Edges, StateAutomaton } from "./automaton.ts";

/** A rule of the cyclic family. */
export interface CyclicRule {
	/** How many states follow one another, 2 to 254. */
	readonly states: number;
	/** How many neighbours in the next state it takes to follow them. */
	readonly threshold: number;
	/** How far neighbours are, in cells. */
	readonly range: number;
	/** A square around the cell, or a diamond. */
	readonly neighbourhood: "moore" | "von-neumann";
}

/** The state of what lies beyond the walls: no cell ever follows it. */
const BEYOND = 255;

/**
 * Cyclic automata: a cell moves on to the next state when enough of its neighbours are there already. Noise turns to
 * droplets, droplets to spirals, and spirals take everything.
 *
 * R. Fisch, J. Gravner, D. Griffeath, "Threshold-range scaling of excitable cellular automata", 1991. States around a
 * cell are counted by a window that slides along the row, so that a generation costs 2 range + 1 per cell, not its square.
 */
export class Cyclic implements StateAutomaton {
	readonly look = "phases";
	readonly lively = 0.002;
	readonly top = 0;
	readonly size: Size;
	readonly cells: Uint8Array;
	edges: Edges;
	#rule: CyclicRule;
	#padded = new Uint8Array(0);
	/** Cells that a window leaves behind, and finds, when it moves one to the right; of each row, from its centre. */
	#leaving: Int32Array = new Int32Array(0);
	#entering: Int32Array = new Int32Array(0);
	/** The whole window, from its centre. */
	#window: Int32Array = new Int32Array(0);
	readonly #counts = new Uint16Array(256);
	/** The state after each. */
	readonly #follower = new Uint8Array(256);

	constructor(size: Size, rule: CyclicRule, edges: Edges) {
		this.size = size;
		this.cells = new Uint8Array(size.width * size.height);
		this.edges = edges;
		this.#rule = rule;
		this.#shape();
	}

	get states(): number {
		return this.#rule.states;
	}

	get lag(): number {
		return this.#rule.states;
	}

	get watched(): Uint8Array {
		return this.cells;
	}

	get rule(): CyclicRule {
		return this.#rule;
	}

	/** The grid stays; with fewer states than before they are spread over the new circle. */
	set rule(rule: CyclicRule) {
		const before = this.#rule.states;
		if (rule.states < before) {
			for (let i = 0; i < this.cells.length; i++) {
				this.cells[i] = Math.floor(((this.cells[i] as number) * rule.states) / before);
			}
		}
		this.#rule = rule;
		this.#shape();
	}

	step(): void {
		this.#pad();
		if (this.#rule.range === 1) this.#stepNear();
		else this.#stepFar();
	}

	/** With neighbours at most one cell away, the nine cells around stay in registers. */
	#stepNear(): void {
		const { width, height } = this.size;
		const { threshold, neighbourhood } = this.#rule;
		const follower = this.#follower;
		const { cells } = this;
		const padded = this.#padded;
		const stride = width + 2;
		const corner = neighbourhood === "moore" ? 1 : 0;
		for (let y = 0, at = 0; y < height; y++) {
			let up = y * stride;
			let here = up + stride;
			let down = here + stride;
			let a = padded[up] as number;
			let b = padded[++up] as number;
			let d = padded[here] as number;
			let e = padded[++here] as number;
			let g = padded[down] as number;
			let h = padded[++down] as number;
			for (let x = 0; x < width; x++, at++) {
				const c = padded[++up] as number;
				const f = padded[++here] as number;
				const i = padded[++down] as number;
				const next = follower[e] as number;
				const corners = same(a, next) + same(c, next) + same(g, next) + same(i, next);
				const found = same(b, next) + same(d, next) + same(f, next) + same(h, next) + corner * corners;
				cells[at] = e ^ ((e ^ next) & ((threshold - 1 - found) >> 31));
				a = b;
				b = c;
				d = e;
				e = f;
				g = h;
				h = i;
			}
		}
	}

	#stepFar(): void {
		const { width, height } = this.size;
		const { states, threshold, range } = this.#rule;
		const { cells } = this;
		const [padded, counts, entering, leaving] = [this.#padded, this.#counts, this.#entering, this.#leaving];
		const [stride, slides] = [width + 2 * range, entering.length];
		for (let y = 0, at = 0; y < height; y++) {
			let centre = (y + range) * stride + range;
			counts.fill(0);
			for (const offset of this.#window) countUp(counts, padded[centre + offset] as number);
			for (let x = 0; x < width; x++, at++, centre++) {
				const state = padded[centre] as number;
				const next = state + 1 === states ? 0 : state + 1;
				cells[at] = (counts[next] as number) >= threshold ? next : state;
				for (let i = 0; i < slides; i++) {
					const gone = padded[centre + (leaving[i] as number)] as number;
					counts[gone] = (counts[gone] as number) - 1;
					const come = padded[centre + (entering[i] as number)] as number;
					counts[come] = (counts[come] as number) + 1;
				}
			}
		}
	}

	sow(index: number, draw: number): void {
		this.cells[index] = Math.floor(draw * this.#rule.states);
	}

	rest(index: number): void {
		this.cells[index] = 0;
	}

	#shape(): void {
		const { range, neighbourhood, states } = this.#rule;
		for (let state = 0; state < states; state++) this.#follower[state] = (state + 1) % states;
		const { width, height } = this.size;
		const stride = width + 2 * range;
		this.#padded = new Uint8Array(stride * (height + 2 * range) + 1);
		const [window, leaving, entering]: number[][] = [[], [], []];
		for (let y = -range; y <= range; y++) {
			const reach = neighbourhood === "moore" ? range : range - Math.abs(y);
			leaving?.push(y * stride - reach);
			entering?.push(y * stride + reach + 1);
			for (let x = -reach; x <= reach; x++) window?.push(y * stride + x);
		}
		this.#window = Int32Array.from(window ?? []);
		this.#leaving = Int32Array.from(leaving ?? []);
		this.#entering = Int32Array.from(entering ?? []);
	}

	#pad(): void {
		const { width, height } = this.size;
		const { range } = this.#rule;
		const padded = this.#padded;
		const stride = width + 2 * range;
		const wrap = this.edges === "wrap";
		if (!wrap) padded.fill(BEYOND);
		for (let y = wrap ? -range : 0; y < (wrap ? height + range : height); y++) {
			const from = (((y % height) + height) % height) * width;
			const to = (y + range) * stride + range;
			for (let x = 0; x < width; x++) padded[to + x] = this.cells[from + x] as number;
			if (!wrap) continue;
			for (let x = 1; x <= range; x++) {
				padded[to - x] = this.cells[from + width - 1 - ((x - 1) % width)] as number;
				padded[to + width - 1 + x] = this.cells[from + ((x - 1) % width)] as number;
			}
		}
	}
}

/** 1 if two states are the same, else 0: without a comparison, which noise makes slow. */
function same(a: number, b: number): number {
	return ((a ^ b) - 1) >>> 31;
}

function countUp(counts: Uint16Array, state: number): void {
	counts[state] = (counts[state] as number) + 1;
}
