import type { Size } from "mutoscope/sdk";
import type { Edges, StateAutomaton } from "./automaton.ts";

/**
 * Elementary automata: one row of cells, each of which looks at itself and its two neighbours. Every generation is a new
 * row at the bottom, and older ones move up, so that the picture is their history.
 *
 * S. Wolfram, "Statistical mechanics of cellular automata", Reviews of Modern Physics 55, 1983; his numbering of the rules.
 */
export class Elementary implements StateAutomaton {
	readonly look = "states";
	readonly lively = 0.06;
	/** In the history a cell that has died is in states 2, 3, … for so many rows, so that its end can be seen. */
	readonly states = 12;
	readonly lag = 14;
	readonly size: Size;
	/** The history: a ring of rows of which `top` is the oldest. */
	readonly cells: Uint8Array;
	/** The newest row. */
	readonly watched: Uint8Array;
	edges: Edges;
	/** 0 to 255: bit 4 left + 2 self + right of it is the cell's next state. */
	rule: number;
	#top = 0;

	constructor(size: Size, rule: number, edges: Edges) {
		this.size = size;
		this.rule = rule;
		this.edges = edges;
		this.cells = new Uint8Array(size.width * size.height);
		this.watched = new Uint8Array(size.width);
	}

	get top(): number {
		return this.#top;
	}

	step(): void {
		const { width, height } = this.size;
		const { cells, rule, watched: row } = this;
		const to = this.#top * width;
		const above = (to + cells.length - width) % cells.length;
		const wrap = this.edges === "wrap";
		const right = wrap ? (row[0] as number) : 0;
		let block = ((wrap ? (row[width - 1] as number) : 0) << 1) | (row[0] as number);
		for (let x = 0; x < width; x++) {
			block = ((block << 1) & 7) | (x + 1 < width ? (row[x + 1] as number) : right);
			const state = (rule >>> block) & 1;
			row[x] = state;
			const before = cells[above + x] as number;
			const older = before === 0 || before + 1 === this.states ? 0 : before + 1;
			cells[to + x] = state === 1 ? 1 : older;
		}
		this.#top = (this.#top + 1) % height;
	}

	/** Makes as many generations as the history has rows. */
	writeHistory(): void {
		for (let y = 0; y < this.size.height; y++) this.step();
	}

	/** The newest row is the only one that has a future, so a cell of any row is sown there. */
	sow(index: number): void {
		this.#set(index, 1);
	}

	rest(index: number): void {
		this.#set(index, 0);
	}

	#set(index: number, state: number): void {
		const { width, height } = this.size;
		const x = index % width;
		this.watched[x] = state;
		this.cells[((this.#top + height - 1) % height) * width + x] = state;
	}
}
