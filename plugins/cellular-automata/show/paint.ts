import type { Size } from "mutoscope/sdk";
import { SHADES } from "./colours.ts";

/** What is painted and how. */
export interface Painting {
	/** Heat of each cell, 0 to 4095, rows top to bottom. */
	readonly heat: Uint16Array;
	readonly grid: Size;
	/** Pixels of a cell's side. The grid may reach beyond the picture on the right and below. */
	readonly cell: number;
	/** Colours by slope and heat (`Colours.pixels`). */
	readonly colours: Uint32Array;
	/** How strongly slopes of heat are lit from the top left, 0 to 1. */
	readonly relief: number;
	/** Whether heat is an angle. */
	readonly circular: boolean;
}

const FLAT = SHADES / 2;

/** Paints every cell as a square. */
export function paintSquares(out: Uint32Array, picture: Size, painting: Painting): void {
	const { heat, grid, cell, colours, relief, circular } = painting;
	const { width } = picture;
	const wrap = circular ? 20 : 0;
	const gain = (relief * FLAT) / 1400;
	for (let y = 0, to = 0; to < out.length; y++) {
		const row = y * grid.width;
		const above = y > 0 ? row - grid.width : row;
		let left = heat[row] as number;
		for (let gx = 0, x = 0; x < width; gx++) {
			const here = heat[row + gx] as number;
			const slope = (((here - left) << wrap) >> wrap) + (((here - (heat[above + gx] as number)) << wrap) >> wrap);
			const colour = colours[(shadeOf(slope * gain) << 10) | (here >> 2)] as number;
			left = here;
			for (const end = Math.min(width, x + cell); x < end; x++) out[to + x] = colour;
		}
		const first = to;
		to += width;
		for (let copy = 1; copy < cell && to < out.length; copy++, to += width) out.copyWithin(to, first, first + width);
	}
}

function shadeOf(light: number): number {
	const shade = (FLAT + light) | 0;
	return shade < 0 ? 0 : shade >= SHADES ? SHADES - 1 : shade;
}

/** Room for `paintSmoothly` to work in, for one width of grid and picture. */
export class Smoothing {
	readonly row: Int32Array;
	readonly above: Int32Array;

	constructor(gridWidth: number, pictureWidth: number) {
		this.row = new Int32Array(gridWidth + 2);
		this.above = new Int32Array(pictureWidth);
	}
}

/**
 * Paints a smooth surface through the cells: heat, not colour, is interpolated (quadratic B-spline), so that the edges
 * between colours stay sharp at any size.
 */
export function paintSmoothly(out: Uint32Array, picture: Size, painting: Painting, { row, above }: Smoothing): void {
	const { grid, cell, colours, relief, circular } = painting;
	const { width } = picture;
	const wrap = circular ? 16 : 0;
	const gain = (relief * FLAT * cell) / (16 * 900);
	const weights = splineWeights(cell);
	for (let y = 0, to = 0; to < out.length; y++) {
		const centre = Math.min(grid.height - 1, Math.floor(y / cell));
		interpolateRow(painting, row, centre, weights, y % cell);
		let left = (row[1] as number) & 0xffff;
		if (y === 0) above.fill(left);
		for (let gx = 1, x = 0; x < width; gx++) {
			const here = row[gx] as number;
			const before = (((row[gx - 1] as number) - here) << wrap) >> wrap;
			const after = (((row[gx + 1] as number) - here) << wrap) >> wrap;
			for (let part = 0; part < cell && x < width; part++, x++) {
				const value =
					(here + (((weights[2 * part] as number) * before + (weights[2 * part + 1] as number) * after) >> 8)) & 0xffff;
				const slope = (((value - left) << wrap) >> wrap) + (((value - (above[x] as number)) << wrap) >> wrap);
				above[x] = value;
				left = value;
				out[to++] = colours[(shadeOf(slope * gain) << 10) | (value >> 6)] as number;
			}
		}
	}
}

/** Heat × 16 along a line through the cells, at `part` of row `centre`, with one cell of rim on either side. */
function interpolateRow(
	{ heat, grid, circular }: Painting,
	row: Int32Array,
	centre: number,
	weights: Int32Array,
	part: number,
) {
	const here = centre * grid.width;
	const up = centre > 0 ? here - grid.width : here;
	const down = centre + 1 < grid.height ? here + grid.width : here;
	const wrap = circular ? 20 : 0;
	const [first, last] = [weights[2 * part] as number, weights[2 * part + 1] as number];
	for (let x = 0; x < grid.width; x++) {
		const own = heat[here + x] as number;
		const before = (((heat[up + x] as number) - own) << wrap) >> wrap;
		const after = (((heat[down + x] as number) - own) << wrap) >> wrap;
		row[x + 1] = (own << 4) + ((first * before + last * after) >> 4);
	}
	row[0] = row[1] as number;
	row[grid.width + 1] = row[grid.width] as number;
}

/** Weights × 256 of the cell before and the cell after, for each pixel of a cell. */
function splineWeights(cell: number): Int32Array {
	return Int32Array.from({ length: 2 * cell }, (_, i) => {
		const off = ((i >> 1) + 0.5) / cell - 0.5;
		return Math.round(128 * (0.5 + (i & 1 ? off : -off)) ** 2);
	});
}
