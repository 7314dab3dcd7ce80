import type { Size } from "mutoscope/sdk";
import { TONE_BITS, TONES } from "./colours.ts";
import { HEAT } from "./heat.ts";

/** What is painted and how. */
export interface Painting {
	/** Heat of each cell, 0 to 4095, rows top to bottom. */
	readonly heat: Uint16Array;
	readonly grid: Size;
	/** Pixels of a cell's side. The grid may reach beyond the picture on the right and below. */
	readonly cell: number;
	/** Colours by slope and heat (`Colours.pixels`). */
	readonly colours: Uint32Array;
	/** Where the colours of each slope begin (`Light.shades`). */
	readonly shades: Uint16Array;
	/** Whether heat is an angle. */
	readonly circular: boolean;
}

/** Paints every cell as a square. */
export function paintSquares(out: Uint32Array, picture: Size, painting: Painting): void {
	const { heat, grid, cell, colours, shades, circular } = painting;
	const { width } = picture;
	const mask = circular ? HEAT - 1 : -1;
	const half = circular ? HEAT / 2 : 0;
	for (let y = 0, to = 0; to < out.length; y++) {
		const row = y * grid.width;
		const up = y > 0 ? row - grid.width : row;
		let left = heat[row] as number;
		for (let gx = 0, x = to; x < to + width; gx++) {
			const here = heat[row + gx] as number;
			const above = heat[up + gx] as number;
			const slope = ((here - left + half) & mask) + ((here - above + half) & mask) - 2 * half;
			const colour = colours[(shades[slope + 2 * HEAT] as number) | (here >> (12 - TONE_BITS))] as number;
			left = here;
			out[x++] = colour;
			for (const end = Math.min(to + width, x + cell - 1); x < end; x++) out[x] = colour;
		}
		const first = to;
		to += width;
		for (let copy = 1; copy < cell && to < out.length; copy++, to += width) out.copyWithin(to, first, first + width);
	}
}

/** Room for `paintSmoothly` to work in, for one width of grid and picture. */
export class Smoothing {
	readonly row: Int32Array;
	readonly line: Int32Array;
	readonly above: Int32Array;

	constructor(gridWidth: number, pictureWidth: number) {
		this.row = new Int32Array(gridWidth + 2);
		this.line = new Int32Array(pictureWidth);
		this.above = new Int32Array(pictureWidth);
	}
}

/**
 * Paints a smooth surface through the cells: heat, not colour, is interpolated (quadratic B-spline), so that the edges
 * between colours stay sharp at any size. Whole numbers throughout: this goes over every pixel.
 */
export function paintSmoothly(out: Uint32Array, picture: Size, painting: Painting, room: Smoothing): void {
	const { cell, colours, shades, circular } = painting;
	const { width } = picture;
	const { row, line, above } = room;
	const mask = circular ? 0xffff : -1;
	const half = circular ? 0x8000 : 0;
	const [befores, afters] = [weightsOf(cell, -1), weightsOf(cell, 1)];
	// The first line is painted twice: only then is it known what lies above it.
	for (let turn = -1; turn < picture.height; turn++) {
		const y = Math.max(0, turn);
		const part = y % cell;
		interpolateRow(painting, row, Math.floor(y / cell), befores[part] as number, afters[part] as number);
		for (let i = 0; i < cell; i++) {
			const before = befores[i] as number;
			const after = afters[i] as number;
			for (let gx = 1, x = i; x < width; gx++, x += cell) {
				const here = row[gx] as number;
				const bend = before * ((row[gx - 1] as number) - here) + after * ((row[gx + 1] as number) - here);
				line[x] = here + (bend >> 8);
			}
		}
		let left = line[0] as number;
		for (let x = 0, to = y * width; x < width; x++, to++) {
			const level = line[x] as number;
			const slope = level - left + (((level - (above[x] as number) + half) & mask) - half);
			const shade = shades[(slope >> 4) + 2 * HEAT] as number;
			above[x] = level;
			left = level;
			out[to] = colours[shade | ((level >> (16 - TONE_BITS)) & (TONES - 1))] as number;
		}
	}
}

/**
 * Heat × 16 along a line through row y and its neighbours, with a cell of rim on either side. Angles go on past the full
 * circle, so that from cell to cell they take the shorter way.
 */
function interpolateRow({ heat, grid, circular }: Painting, row: Int32Array, y: number, before: number, after: number) {
	const [mask, half] = circular ? [4095, 2048] : [-1, 0];
	const here = y * grid.width;
	const up = y > 0 ? here - grid.width : here;
	const down = y + 1 < grid.height ? here + grid.width : here;
	let [last, turns] = [0, 0];
	for (let x = 0; x < grid.width; x++) {
		const own = heat[here + x] as number;
		const above = (((heat[up + x] as number) - own + half) & mask) - half;
		const below = (((heat[down + x] as number) - own + half) & mask) - half;
		const value = (own << 4) + ((before * above + after * below) >> 4);
		if (circular && x > 0) turns += ((value - last + 0x8000) >> 16) << 16;
		last = value;
		row[x + 1] = value - turns;
	}
	row[0] = row[1] as number;
	row[grid.width + 1] = row[grid.width] as number;
}

/** Weight × 256 of the cell on one side (−1 before, 1 after), for each pixel of a cell. */
function weightsOf(cell: number, side: number): Int32Array {
	return Int32Array.from({ length: cell }, (_, i) => Math.round(128 * (0.5 + side * ((i + 0.5) / cell - 0.5)) ** 2));
}
