import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PATTERNS } from "../../../plugins/cellular-automata/patterns.ts";
import { randomFrom } from "../../../plugins/cellular-automata/random.ts";
import { parseRule } from "../../../plugins/cellular-automata/rules/notation.ts";
import type { Automaton, Edges, StateAutomaton } from "../../../plugins/cellular-automata/systems/automaton.ts";
import { Cyclic } from "../../../plugins/cellular-automata/systems/cyclic.ts";
import { Elementary } from "../../../plugins/cellular-automata/systems/elementary.ts";
import { Generations, type GenerationsRule } from "../../../plugins/cellular-automata/systems/generations.ts";
import { naiveCyclic, naiveElementary, naiveGenerations } from "./naive.ts";

const edges = fc.constantFrom<Edges>("wrap", "walls");
const sides = fc.record({ width: fc.integer({ min: 1, max: 71 }), height: fc.integer({ min: 1, max: 23 }) });
const counts = fc.integer({ min: 0, max: 511 });

function rule(text: string): GenerationsRule {
	const parsed = parseRule(text);
	if (parsed.system !== "generations") throw new TypeError(text);
	return parsed;
}

function life(width: number, height: number, notation = "B3/S23", walls: Edges = "wrap"): Generations {
	return new Generations({ width, height }, rule(notation), walls);
}

/** Draws a pattern into the grid. */
function draw(automaton: Automaton, rows: readonly string[], left: number, top: number): void {
	for (const [y, row] of rows.entries()) {
		for (const [x, cell] of [...row].entries()) {
			if (cell === "O") automaton.sow((top + y) * automaton.size.width + left + x, 0);
		}
	}
}

function steps(automaton: Automaton, count: number): void {
	for (let i = 0; i < count; i++) automaton.step();
}

function alive({ cells }: StateAutomaton): number {
	return cells.reduce((sum, state) => sum + (state === 1 ? 1 : 0), 0);
}

function fill(automaton: StateAutomaton, seed: number): void {
	const random = randomFrom(seed);
	for (let i = 0; i < automaton.cells.length; i++) automaton.cells[i] = Math.floor(random() * automaton.states);
}

describe("life-like automata", () => {
	test("a glider is itself again after four generations, one cell down and to the right", () => {
		const world = life(24, 20);
		draw(world, PATTERNS.gliders, 3, 3);
		const before = world.cells.slice();
		steps(world, 4);
		for (let y = 0; y < 19; y++) {
			for (let x = 0; x < 23; x++) expect(world.cells[(y + 1) * 24 + x + 1]).toBe(before[y * 24 + x]);
		}
	});

	test("a glider that leaves a torus comes home after four generations for each cell of its side", () => {
		const world = life(33, 33);
		draw(world, PATTERNS.gliders, 5, 5);
		const before = world.cells.slice();
		steps(world, 33 * 4);
		expect(world.cells).toEqual(before);
	});

	test("Gosper's gun fires a glider, five cells more, every 30 generations", () => {
		const world = life(120, 120, "B3/S23", "walls");
		draw(world, PATTERNS["gosper-guns"], 4, 4);
		const counts: number[] = [];
		for (let shot = 0; shot < 6; shot++) {
			counts.push(alive(world));
			steps(world, 30);
		}
		expect(counts).toEqual([36, 41, 46, 51, 56, 61]);
	});

	test("the R-pentomino comes to rest at generation 1103 with 116 cells", () => {
		const world = life(600, 600);
		draw(world, PATTERNS["r-pentomino"], 300, 300);
		steps(world, 1102);
		expect(alive(world)).not.toBe(116);
		const after: number[] = [];
		for (let i = 0; i < 5; i++) {
			world.step();
			after.push(alive(world));
		}
		expect(after).toEqual([116, 116, 116, 116, 116]);
	});

	test("HighLife's replicator is two of itself after twelve generations, apart along the diagonal", () => {
		const world = life(64, 64, "B36/S23");
		draw(world, PATTERNS.replicator, 30, 30);
		const twice = new Uint8Array(world.cells.length);
		for (const [i, state] of world.cells.entries()) {
			for (const shift of [-2, 2]) if (state === 1) twice[i + shift * 64 + shift] = 1;
		}
		steps(world, 12);
		expect(world.cells).toEqual(twice);
	});

	test("a block of Brian's Brain's two cells sends out sparks and never dies", () => {
		const world = life(60, 60, "/2/3");
		draw(world, ["OO"], 30, 30);
		world.step();
		expect(alive(world)).toBe(4);
		expect(world.cells[30 * 60 + 30]).toBe(2);
		world.step();
		expect(world.cells[30 * 60 + 30]).toBe(0);
		steps(world, 10);
		expect(alive(world)).toBeGreaterThan(0);
	});

	test("seeds has no survivors", () => {
		const world = life(40, 40, "B2/S");
		fill(world, 3);
		const before = world.cells.slice();
		world.step();
		expect(world.cells.some((state, i) => state === 1 && before[i] === 1)).toBe(false);
	});

	test("32 cells at once are the same as one after another", () => {
		const laws = fc.record({ birth: counts, survival: counts, states: fc.integer({ min: 2, max: 9 }) });
		fc.assert(
			fc.property(sides, laws, edges, fc.integer(), (size, law, walls, seed) => {
				const world = new Generations(size, law, walls);
				fill(world, seed);
				for (let generation = 0; generation < 3; generation++) {
					const expected = naiveGenerations(world.cells, size, law, walls);
					world.step();
					expect([...world.cells]).toEqual(expected);
				}
			}),
			{ numRuns: 150 },
		);
	});

	test("a rule with fewer states puts the rest to rest, and keeps what lives", () => {
		const world = life(20, 20, "23/3/8");
		fill(world, 9);
		const living = alive(world);
		world.rule = rule("B3/S23");
		expect(alive(world)).toBe(living);
		expect(Math.max(...world.cells)).toBe(1);
	});
});

describe("elementary automata", () => {
	/** The newest row after each generation, from a single cell in the middle. */
	function history(number: number, width: number, count: number): number[][] {
		const world = new Elementary({ width, height: 4 }, number, "walls");
		world.sow(Math.floor(width / 2));
		return Array.from({ length: count }, () => {
			const row = [...world.watched];
			world.step();
			return row;
		});
	}

	test("rule 30's centre column is 1101110011000101…", () => {
		const column = history(30, 201, 56).map((row) => row[100]);
		// OEIS A051023
		expect(column.join("")).toBe("11011100110001011001001110101110011101010110000110010101");
	});

	test("rule 90 is Pascal's triangle modulo 2", () => {
		const rows = history(90, 129, 64);
		let line = [1];
		for (const row of rows) {
			const n = line.length - 1;
			for (const [k, value] of line.entries()) expect(row[64 - n + 2 * k]).toBe(value % 2);
			expect(row.reduce((a, b) => a + b)).toBe(line.filter((value) => value % 2 === 1).length);
			line = [1, ...line.slice(1).map((value, k) => (value + (line[k] ?? 0)) % 2), 1];
		}
	});

	test("rule 110 grows to the left only, as in Wolfram's picture", () => {
		const rows = history(110, 41, 8).map((row) => row.slice(10, 21).join("").replace(/^0+/, ""));
		expect(rows).toEqual(["1", "11", "111", "1101", "11111", "110001", "1110011", "11010111"]);
	});

	test("all 256 rules are as Wolfram numbered them", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 255 }),
				fc.integer({ min: 1, max: 50 }),
				edges,
				fc.integer(),
				(n, width, walls, seed) => {
					const world = new Elementary({ width, height: 5 }, n, walls);
					const random = randomFrom(seed);
					for (let x = 0; x < width; x++) if (random() < 0.5) world.sow(x);
					const expected = naiveElementary(world.watched, n, walls);
					world.step();
					expect([...world.watched]).toEqual(expected);
				},
			),
			{ numRuns: 300 },
		);
	});

	test("the history moves up, oldest row at the top", () => {
		const world = new Elementary({ width: 9, height: 3 }, 204, "wrap");
		world.sow(4);
		steps(world, 7);
		expect(world.top).toBe(1);
		expect([...world.cells]).toEqual([...world.watched, ...world.watched, ...world.watched]);
	});
});

describe("cyclic automata", () => {
	test("the sliding window finds what a look around finds", () => {
		const laws = fc.record({
			states: fc.integer({ min: 2, max: 12 }),
			threshold: fc.integer({ min: 1, max: 6 }),
			range: fc.integer({ min: 1, max: 4 }),
			neighbourhood: fc.constantFrom("moore" as const, "von-neumann" as const),
		});
		fc.assert(
			fc.property(sides, laws, edges, fc.integer(), (size, law, walls, seed) => {
				const world = new Cyclic(size, law, walls);
				fill(world, seed);
				for (let generation = 0; generation < 2; generation++) {
					const expected = naiveCyclic(world.cells, size, law, walls);
					world.step();
					expect([...world.cells]).toEqual(expected);
				}
			}),
			{ numRuns: 150 },
		);
	});

	test("spirals take the field, and go round for ever in as many generations as there are states", () => {
		const world = new Cyclic(
			{ width: 96, height: 96 },
			{ states: 8, threshold: 1, range: 1, neighbourhood: "von-neumann" },
			"wrap",
		);
		fill(world, 5);
		steps(world, 1200);
		const before = world.cells.slice();
		world.step();
		expect(world.cells.every((state, i) => state === ((before[i] as number) + 1) % 8)).toBe(true);
		steps(world, 7);
		expect(world.cells).toEqual(before);
	});
});
