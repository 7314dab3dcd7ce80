import type { Size } from "mutoscope/sdk";
import type { Edges, StateAutomaton } from "./automaton.ts";
import { type Counts, Neighbourhood } from "./neighbourhood.ts";

/** A rule of the Generations family. */
export interface GenerationsRule extends Counts {
	/** 2 is life-like: a cell that does not live on rests at once. With more it first goes through states 2, 3, …. */
	readonly states: number;
}

/**
 * Life-like automata and Generations: cells are born and live on by the number of their living neighbours.
 *
 * J. H. Conway 1970 (M. Gardner, Scientific American 223); Generations: M. Wójtowicz, MCell, 1999.
 */
export class Generations implements StateAutomaton {
	readonly look = "states";
	readonly lively = 0.015;
	readonly lag = 12;
	readonly top = 0;
	readonly size: Size;
	readonly cells: Uint8Array;
	edges: Edges;
	#rule: GenerationsRule;
	readonly #neighbourhood: Neighbourhood;
	/** The next state, by state × 2 + whether the neighbours want it to live. */
	readonly #table = new Uint8Array(512);

	constructor(size: Size, rule: GenerationsRule, edges: Edges) {
		this.size = size;
		this.cells = new Uint8Array(size.width * size.height);
		this.edges = edges;
		this.#neighbourhood = new Neighbourhood(size);
		this.#rule = rule;
		this.#learn();
	}

	get states(): number {
		return this.#rule.states;
	}

	get watched(): Uint8Array {
		return this.cells;
	}

	get rule(): GenerationsRule {
		return this.#rule;
	}

	/** The grid stays; cells in states that the new rule does not have are put to rest. */
	set rule(rule: GenerationsRule) {
		if (rule.states < this.#rule.states) {
			for (let i = 0; i < this.cells.length; i++) {
				if ((this.cells[i] as number) >= rule.states) this.cells[i] = 0;
			}
		}
		this.#rule = rule;
		this.#learn();
	}

	step(): void {
		const { width, height } = this.size;
		const { cells } = this;
		const neighbourhood = this.#neighbourhood;
		const { next } = neighbourhood;
		const table = this.#table;
		this.#readAlive();
		neighbourhood.prepare(this.edges);
		for (let y = 0, at = 0; y < height; y++) {
			neighbourhood.row(y);
			for (let k = 0, x = 0; x < width; k++) {
				let word = (next[k] as number) >>> (k === 0 ? 1 : 0);
				for (const end = Math.min(width, 32 * k + 31); x < end; x++, at++, word >>>= 1) {
					cells[at] = table[((cells[at] as number) << 1) | (word & 1)] as number;
				}
			}
		}
	}

	sow(index: number): void {
		this.cells[index] = 1;
	}

	rest(index: number): void {
		this.cells[index] = 0;
	}

	#readAlive(): void {
		const { width, height } = this.size;
		const { cells } = this;
		const { bits, words } = this.#neighbourhood;
		for (let y = 0, at = 0; y < height; y++) {
			for (let k = 0, x = 0; x < width; k++) {
				let word = 0;
				for (let bit = k === 0 ? 1 : 0; bit < 32 && x < width; bit++, x++, at++) {
					word |= ((((cells[at] as number) ^ 1) - 1) >>> 31) << bit;
				}
				bits[(y + 1) * words + k] = word;
			}
		}
	}

	#learn(): void {
		const { states } = this.#rule;
		this.#neighbourhood.follow(this.#rule);
		for (let state = 0; state < 256; state++) {
			const older = state + 1 < states ? state + 1 : 0;
			this.#table[state * 2] = state === 0 ? 0 : older;
			this.#table[state * 2 + 1] = state <= 1 ? 1 : older;
		}
	}
}
