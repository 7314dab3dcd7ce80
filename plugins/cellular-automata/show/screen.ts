import type { Size } from "mutoscope/sdk";
import type { Params } from "../params.ts";
import type { Automaton } from "../systems/automaton.ts";
import { Colours } from "./colours.ts";
import { Halo } from "./halo.ts";
import { glowOn, glowOnLevels, heatTable, meltInto } from "./heat.ts";
import { Light } from "./light.ts";
import { type Painting, paintSmoothly, paintSquares, Smoothing } from "./paint.ts";

/** How far the glow of a cell reaches, in cells. */
const REACH = 5;

/** Turns what an automaton is into pictures: heat that glows on, a halo around it, colours. */
export class Screen {
	readonly #picture: Size;
	readonly #colours = new Colours();
	readonly #light = new Light();
	#grid: Size = { width: 1, height: 1 };
	/** Heat of each cell, in the automaton's order of rows. */
	#heat = new Uint16Array(1);
	/** What levels were lately; only where cells have levels. */
	#settled: Float32Array = new Float32Array(1);
	/** Heat as it is melted into from generation to generation; the same order. */
	#melted = new Uint16Array(1);
	/** Heat as it is painted, rows top to bottom. */
	#shown = new Uint16Array(1);
	#halo = new Halo(this.#grid);
	#smoothing = new Smoothing(1, 1);
	#table: Uint16Array = new Uint16Array(0);
	#tableOf = "";
	#hue = 0;
	/** Whether nothing was painted yet. */
	#blank = true;

	constructor(picture: Size) {
		this.#picture = picture;
	}

	/** Forgets everything that glows. */
	clear(): void {
		this.#grid = { width: 1, height: 1 };
		this.#shown = new Uint16Array(1);
		this.#hue = 0;
		this.#blank = true;
	}

	/** Paints the automaton as it stands `seconds` after the last time, into the pixels of a picture (RGBA). */
	paint(automaton: Automaton, cell: number, values: Params, seconds: number, pixels: Uint8Array): void {
		this.#suit(automaton);
		this.#glow(automaton, values, seconds);
		const circular = automaton.look === "phases";
		this.#arrange(automaton, values, seconds, circular);
		if (values.glow > 0 && !circular) this.#halo.add(this.#shown, values.glow, REACH);
		this.#hue = (this.#hue + (values.hueSpeed / 60) * seconds) % 1;
		this.#colours.update({
			palette: values.palette,
			hue: Math.round((values.hue + this.#hue) * 720) / 720,
			background: values.background,
			circular,
		});
		const wanted = values.scaling === "smooth" || (values.scaling === "auto" && automaton.look !== "states");
		const smooth = wanted && cell > 1;
		this.#light.update(smooth ? values.relief * cell : values.relief / 2);
		const out = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
		const painting: Painting = {
			heat: this.#shown,
			grid: this.#grid,
			cell,
			colours: this.#colours.pixels,
			shades: this.#light.shades,
			circular,
		};
		if (smooth) paintSmoothly(out, this.#picture, painting, this.#smoothing);
		else paintSquares(out, this.#picture, painting);
	}

	#glow(automaton: Automaton, { trail, cooling }: Params, seconds: number): void {
		const afterglow = { seconds, trail, cooling };
		if (automaton.look === "levels") {
			glowOnLevels(automaton, this.#heat, this.#settled, afterglow);
			return;
		}
		const of = [automaton.look, automaton.states, seconds, trail, cooling].join();
		if (of !== this.#tableOf) this.#table = heatTable(automaton, afterglow);
		this.#tableOf = of;
		glowOn(automaton, this.#heat, this.#table);
	}

	/** Melts slow generations into one another and puts the rows into the order they are painted in. */
	#arrange(automaton: Automaton, { speed }: Params, seconds: number, circular: boolean): void {
		const perFrame = speed * seconds;
		if (perFrame < 0.95 && !this.#blank)
			meltInto(this.#melted, this.#heat, 1 - Math.exp(-2.5 * Math.max(0.05, perFrame)), circular);
		else this.#melted.set(this.#heat);
		this.#blank = false;
		const split = automaton.look === "levels" ? 0 : automaton.top * this.#grid.width;
		this.#shown.set(this.#melted.subarray(split));
		this.#shown.set(this.#melted.subarray(0, split), this.#melted.length - split);
	}

	/** For a grid of another size the heat is kept as it looked, so that one dissolves into the other. */
	#suit(automaton: Automaton): void {
		const { width, height } = automaton.size;
		const before = this.#grid;
		if (width === before.width && height === before.height) return;
		const [heat, old] = [new Uint16Array(width * height), this.#shown];
		for (let y = 0; y < height; y++) {
			const row = Math.floor((y * before.height) / height) * before.width;
			for (let x = 0; x < width; x++) heat[y * width + x] = old[row + Math.floor((x * before.width) / width)] as number;
		}
		this.#grid = { width, height };
		this.#heat = heat;
		this.#settled = automaton.look === "levels" ? automaton.levels.slice() : new Float32Array(width * height);
		this.#melted = heat.slice();
		this.#shown = heat.slice();
		this.#halo = new Halo(this.#grid);
		this.#smoothing = new Smoothing(width, this.#picture.width);
	}
}
