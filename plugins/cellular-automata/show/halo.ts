import type { Size } from "mutoscope/sdk";

/** Heat from which a cell shines on its surroundings. */
const SHINING = 1400;

/**
 * A halo around what is hot: heat spread by an exponential blur, which takes one look at each cell in each of four
 * directions however far it reaches, and laid over the heat as light over light. Light is kept for blocks of two by two
 * cells and interpolated between their middles.
 */
export class Halo {
	readonly #size: Size;
	readonly #blocks: Size;
	readonly #light: Float32Array;
	/** A row of light with one block of rim on either side. */
	readonly #row: Float32Array;

	constructor(size: Size) {
		this.#size = size;
		this.#blocks = { width: (size.width + 1) >> 1, height: (size.height + 1) >> 1 };
		this.#light = new Float32Array(this.#blocks.width * this.#blocks.height);
		this.#row = new Float32Array(this.#blocks.width + 2);
	}

	/** Adds the halo to `heat`. `strength` 0 to 1; `reach` in cells. */
	add(heat: Uint16Array, strength: number, reach: number): void {
		const keep = Math.exp(-2 / Math.max(0.5, reach));
		this.#gather(heat, strength * 0.37);
		this.#across(keep);
		this.#along(keep);
		this.#spill(heat);
	}

	#gather(heat: Uint16Array, gain: number): void {
		const { width, height } = this.#size;
		const light = this.#light;
		for (let y = 0, to = 0; y < height; y += 2) {
			const first = y * width;
			const second = y + 1 < height ? first + width : first;
			for (let x = 0; x < width; x += 2, to++) {
				const next = x + 1 < width ? x + 1 : x;
				const a = shine(heat[first + x] as number);
				const b = shine(heat[first + next] as number);
				const c = shine(heat[second + x] as number);
				const d = shine(heat[second + next] as number);
				light[to] = gain * (a + b + c + d);
			}
		}
	}

	#across(keep: number): void {
		const { width } = this.#blocks;
		const light = this.#light;
		const take = 1 - keep;
		for (let row = 0; row < light.length; row += width) {
			let sum = 0;
			for (let i = row; i < row + width; i++) {
				sum = sum * keep + (light[i] as number) * take;
				light[i] = sum;
			}
			sum = 0;
			for (let i = row + width - 1; i >= row; i--) {
				sum = sum * keep + (light[i] as number) * take;
				light[i] = sum;
			}
		}
	}

	#along(keep: number): void {
		const { width } = this.#blocks;
		const light = this.#light;
		const take = 1 - keep;
		for (let i = 0; i < width; i++) light[i] = (light[i] as number) * take;
		for (let i = width; i < light.length; i++) {
			light[i] = (light[i - width] as number) * keep + (light[i] as number) * take;
		}
		const last = light.length - width;
		for (let i = last; i < light.length; i++) light[i] = (light[i] as number) * take;
		for (let i = last - 1; i >= 0; i--) light[i] = (light[i + width] as number) * keep + (light[i] as number) * take;
	}

	#spill(heat: Uint16Array): void {
		const { width, height } = this.#size;
		const blocks = this.#blocks;
		const light = this.#light;
		const row = this.#row;
		for (let y = 0; y < height; y++) {
			const near = (y >> 1) * blocks.width;
			const other = Math.min(blocks.height - 1, Math.max(0, (y >> 1) + (y & 1 ? 1 : -1))) * blocks.width;
			for (let x = 0; x < blocks.width; x++) {
				row[x + 1] = 0.75 * (light[near + x] as number) + 0.25 * (light[other + x] as number);
			}
			row[0] = row[1] as number;
			row[blocks.width + 1] = row[blocks.width] as number;
			for (let x = 0, at = y * width; x < width; x++, at++) {
				const middle = (x >> 1) + 1;
				const halo = 0.75 * (row[middle] as number) + 0.25 * (row[middle + (x & 1 ? 1 : -1)] as number);
				const own = heat[at] as number;
				heat[at] = own + (((4095 - own) * halo) >> 12);
			}
		}
	}
}

/** By how much a heat is over what shines, and 0 below: without a comparison, which noise makes slow. */
function shine(heat: number): number {
	const over = heat - SHINING;
	return over & ~(over >> 31);
}
