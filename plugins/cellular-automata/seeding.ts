import type { Size } from "mutoscope/sdk";
import { orbiumPatch } from "./creature.ts";
import { PATTERNS, type PatternName } from "./patterns.ts";
import type { Automaton } from "./systems/automaton.ts";

/** How the field is sown. */
export type Seeding = "noise" | "patches" | "mirrors" | "rings" | "point" | "creatures" | PatternName;

/** What sowing needs to know. */
export interface Sowing {
	readonly seeding: Seeding;
	/** Share of cells that are brought to life where anything is sown, 0 to 1. */
	readonly density: number;
	/** A number 0 ≤ x < 1, whenever asked. */
	readonly random: () => number;
	/** Width of a speck of life in cells: 1 where single cells live, more where they only live together. */
	readonly grain: number;
	/** Radius of a creature's kernel in cells. */
	readonly creature: number;
}

/** Clears the field and sows it. Same sowing, same field. */
export function sowField(automaton: Automaton, sowing: Sowing): void {
	const { size } = automaton;
	const { seeding, random } = sowing;
	for (let i = 0; i < size.width * size.height; i++) automaton.rest(i);
	const short = Math.min(size.width, size.height);
	if (seeding === "noise") {
		sowWhere(automaton, sowing, () => true);
	} else if (seeding === "patches") {
		const count = Math.ceil((size.width * size.height) / (short * short) / 0.07);
		for (let i = 0; i < count; i++) {
			splash(automaton, sowing, {
				x: random() * size.width,
				y: random() * size.height,
				radius: short * (0.03 + 0.09 * random()),
			});
		}
	} else if (seeding === "mirrors") {
		sowMirrored(automaton, sowing, short * 0.42);
	} else if (seeding === "rings") {
		const width = short * 0.035;
		sowWhere(automaton, sowing, (x, y) => {
			const distance = Math.hypot(x - size.width / 2, y - size.height / 2);
			return distance % (width * 4) < width && distance < short / 2;
		});
	} else if (seeding === "creatures") {
		const room = (5 * sowing.creature) ** 2;
		for (let i = 0; i < Math.max(1, Math.round((size.width * size.height) / room)); i++) {
			sowCreature(automaton, sowing, random() * size.width, random() * size.height);
		}
	} else if (seeding === "point") {
		sowPoint(automaton, sowing);
	} else {
		sowPattern(automaton, sowing, PATTERNS[seeding]);
	}
}

/** A disc in cells; its centre may lie anywhere. */
export interface Disc {
	readonly x: number;
	readonly y: number;
	readonly radius: number;
}

/** Clears a disc and sows it. What reaches over the rim comes in on the other side. */
export function splash(automaton: Automaton, sowing: Sowing, { x, y, radius }: Disc): void {
	const { size } = automaton;
	if (sowing.seeding === "creatures") {
		sowCreature(automaton, sowing, x, y);
		return;
	}
	const specks = new Specks(sowing, radius * 2 + 1);
	for (let dy = -Math.ceil(radius); dy <= radius; dy++) {
		for (let dx = -Math.ceil(radius); dx <= radius; dx++) {
			if (dx * dx + dy * dy > radius * radius) continue;
			specks.put(automaton, indexAt(size, x + dx, y + dy), dx + radius, dy + radius);
		}
	}
}

function sowWhere(automaton: Automaton, sowing: Sowing, wanted: (x: number, y: number) => boolean): void {
	const { size } = automaton;
	const specks = new Specks(sowing, size.width);
	for (let y = 0, i = 0; y < size.height; y++) {
		for (let x = 0; x < size.width; x++, i++) if (wanted(x, y)) specks.put(automaton, i, x, y);
	}
}

/** One eighth of a square, mirrored into the others. */
function sowMirrored(automaton: Automaton, sowing: Sowing, reach: number): void {
	const { size } = automaton;
	const [middleX, middleY] = [Math.floor(size.width / 2), Math.floor(size.height / 2)];
	const { random, density, grain } = sowing;
	for (let y = 0; y < reach; y += grain) {
		for (let x = y; x < reach; x += grain) {
			const [lives, draw] = [random() < density && Math.hypot(x, y) < reach, random()];
			if (!lives) continue;
			for (const [a, b] of [
				[x, y],
				[y, x],
			] as const) {
				for (let sx = 0; sx < grain; sx++) {
					for (let sy = 0; sy < grain; sy++) {
						const [fx, fy] = [a + sx, b + sy];
						automaton.sow(indexAt(size, middleX + fx, middleY + fy), draw);
						automaton.sow(indexAt(size, middleX - fx, middleY + fy), draw);
						automaton.sow(indexAt(size, middleX + fx, middleY - fy), draw);
						automaton.sow(indexAt(size, middleX - fx, middleY - fy), draw);
					}
				}
			}
		}
	}
}

function sowCreature(automaton: Automaton, { random, creature }: Sowing, left: number, top: number): void {
	const { size } = automaton;
	const patch = { radius: creature, angle: 2 * Math.PI * random(), draw: random() };
	orbiumPatch(patch, (x, y, level) => automaton.sow(indexAt(size, left + x, top + y), level));
}

function sowPoint(automaton: Automaton, { random, grain }: Sowing): void {
	const { size } = automaton;
	const [x, y] = [Math.floor(size.width / 2), Math.floor(size.height / 2)];
	const reach = Math.floor(grain / 2);
	for (let dy = -reach; dy <= reach; dy++) {
		for (let dx = -reach; dx <= reach; dx++) automaton.sow(indexAt(size, x + dx, y + dy), random());
	}
}

/** As many of a pattern as fit, with room around them, each turned at random. */
function sowPattern(automaton: Automaton, { random }: Sowing, rows: readonly string[]): void {
	const { size } = automaton;
	const side = Math.max(rows.length, ...rows.map((row) => row.length));
	const pitch = Math.max(side + 12, Math.floor(Math.min(size.width, size.height) / 4));
	for (let top = 0; top + side <= size.height; top += pitch) {
		for (let left = 0; left + side <= size.width; left += pitch) {
			const turn = Math.floor(random() * 8);
			for (const [y, row] of rows.entries()) {
				for (let x = 0; x < row.length; x++) {
					if (row[x] !== "O") continue;
					const [u, v] = turn & 1 ? [y, x] : [x, y];
					const [a, b] = [turn & 2 ? side - 1 - u : u, turn & 4 ? side - 1 - v : v];
					automaton.sow(indexAt(size, left + a, top + b), random());
				}
			}
		}
	}
}

/** Noise whose specks are `grain` cells wide. */
class Specks {
	readonly #sowing: Sowing;
	readonly #across: number;
	readonly #drawn = new Map<number, number>();

	constructor(sowing: Sowing, width: number) {
		this.#sowing = sowing;
		this.#across = Math.ceil(width / sowing.grain) + 1;
	}

	put(automaton: Automaton, index: number, x: number, y: number): void {
		const { random, density, grain } = this.#sowing;
		const speck = Math.floor(y / grain) * this.#across + Math.floor(x / grain);
		let draw = grain > 1 ? this.#drawn.get(speck) : undefined;
		if (draw === undefined) {
			draw = random() < density ? random() : -1;
			if (grain > 1) this.#drawn.set(speck, draw);
		}
		if (draw >= 0) automaton.sow(index, draw);
		else automaton.rest(index);
	}
}

function indexAt({ width, height }: Size, x: number, y: number): number {
	const column = ((Math.floor(x) % width) + width) % width;
	return (((Math.floor(y) % height) + height) % height) * width + column;
}
