import type { Size } from "mutoscope/sdk";

/** What lies beyond the rim: the opposite rim, or nothing. */
export type Edges = "wrap" | "walls";

interface Common {
	/** Cells across and down. */
	readonly size: Size;
	/** May be changed between generations. */
	edges: Edges;
	/** How many generations it takes to come back to the same picture when nothing new happens any more. */
	readonly lag: number;
	/** The part of the grid that tells whether anything still happens. */
	readonly watched: Uint8Array | Float32Array;
	/** Share of the watched cells that must change within that time for anything to happen. */
	readonly lively: number;
	/** Makes the next generation. */
	step(): void;
	/** Brings cell `index` to life. `draw`, 0 ≤ x < 1, decides where there are several ways to live. */
	sow(index: number, draw: number): void;
	/** Puts cell `index` to rest. */
	rest(index: number): void;
}

/** An automaton whose cells are in one of a few states. */
export interface StateAutomaton extends Common {
	/** `states`: 0 rests, 1 lives, more are on their way to rest. `phases`: states that follow one another in a circle. */
	readonly look: "states" | "phases";
	/** How many states there are, at most 255. */
	readonly states: number;
	/** State of each cell, rows one after another from row `top`, going round. */
	readonly cells: Uint8Array;
	/** The row of `cells` that is shown at the top. */
	readonly top: number;
}

/** An automaton whose cells are more or less alive. */
export interface LevelAutomaton extends Common {
	readonly look: "levels";
	/** How alive each cell is, 0 to 1, rows top to bottom. */
	readonly levels: Float32Array;
}

/** A grid of cells, all of which follow one rule. */
export type Automaton = StateAutomaton | LevelAutomaton;
