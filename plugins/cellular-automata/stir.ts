import type { Frame, Size } from "mutoscope/sdk";
import type { Automaton } from "./systems/automaton.ts";

/** How video gets in. */
export interface Stirring {
	/** 0 not at all, 1 every cell that the video touches. */
	readonly amount: number;
	/** What touches a cell: that it moves, or that it is bright. */
	readonly by: "motion" | "light";
	/** How much it takes, 0 to 1. */
	readonly threshold: number;
	/** A number 0 ≤ x < 1, whenever asked. */
	readonly random: () => number;
}

/** How far a speck reaches where one cell alone would drown in what surrounds it, in cells. */
const SPECK = 2;

/** Brings cells to life where a video moves or shines. */
export class Stir {
	readonly #size: Size;
	readonly #before: Uint8Array;
	#seen = false;

	constructor(size: Size) {
		this.#size = size;
		this.#before = new Uint8Array(size.width * size.height);
	}

	/** Lays a frame of any size over the grid. The frame stays its owner's. */
	apply(automaton: Automaton, { data, size }: Frame, { amount, by, threshold, random }: Stirring): void {
		const { width, height } = this.#size;
		const before = this.#before;
		const limit = threshold * 255;
		const moving = by === "motion";
		const reach = automaton.look === "levels" ? SPECK : 0;
		const chance = amount / (2 * reach + 1) ** 2;
		for (let y = 0, at = 0; y < height; y++) {
			const row = Math.floor(((y + 0.5) * size.height) / height) * size.width;
			for (let x = 0; x < width; x++, at++) {
				const i = 4 * ((row + ((x + 0.5) * size.width) / width) | 0);
				const light = (77 * (data[i] as number) + 150 * (data[i + 1] as number) + 29 * (data[i + 2] as number)) >> 8;
				const change = light - (before[at] as number);
				before[at] = light;
				const touched = moving ? this.#seen && (change < 0 ? -change : change) > limit : light > limit;
				if (!touched || random() >= chance) continue;
				this.#sow(automaton, x, y, reach, random());
			}
		}
		this.#seen = true;
	}

	#sow(automaton: Automaton, x: number, y: number, reach: number, draw: number): void {
		const { width, height } = this.#size;
		for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
			for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
				if (Math.hypot(u - x, v - y) < reach + 0.5) automaton.sow(v * width + u, draw);
			}
		}
	}
}
