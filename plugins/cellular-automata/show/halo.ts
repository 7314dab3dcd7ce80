import type { Size } from "mutoscope/sdk";

/** Heat from which a cell shines on its surroundings. */
const SHINING = 1400;

/**
 * A halo around what is hot: heat spread by an exponential blur, which takes one look at each cell in each of four
 * directions however far it reaches, and laid over the heat as light over light.
 */
export class Halo {
	readonly #size: Size;
	readonly #light: Float32Array;
	readonly #row: Float32Array;

	constructor(size: Size) {
		this.#size = size;
		this.#light = new Float32Array(size.width * size.height);
		this.#row = new Float32Array(size.width);
	}

	/** Adds the halo to `heat`. `strength` 0 to 1; `reach` in cells. */
	add(heat: Uint16Array, strength: number, reach: number): void {
		const { width } = this.#size;
		const light = this.#light;
		const keep = Math.exp(-1 / Math.max(0.5, reach));
		const take = 1 - keep;
		for (let row = 0; row < heat.length; row += width) {
			let sum = 0;
			for (let i = row; i < row + width; i++) {
				const over = (heat[i] as number) - SHINING;
				sum = sum * keep + Math.max(over, 0) * take;
				light[i] = sum;
			}
			sum = 0;
			for (let i = row + width - 1; i >= row; i--) {
				sum = sum * keep + (light[i] as number) * take;
				light[i] = sum;
			}
		}
		this.#downwards(keep, take);
		this.#upwards(heat, keep, take, strength * 1.6);
	}

	#downwards(keep: number, take: number): void {
		const { width } = this.#size;
		const light = this.#light;
		const row = this.#row.fill(0);
		for (let at = 0; at < light.length; at += width) {
			for (let x = 0; x < width; x++) {
				const sum = (row[x] as number) * keep + (light[at + x] as number) * take;
				row[x] = sum;
				light[at + x] = sum;
			}
		}
	}

	#upwards(heat: Uint16Array, keep: number, take: number, gain: number): void {
		const { width } = this.#size;
		const light = this.#light;
		const row = this.#row.fill(0);
		for (let at = light.length - width; at >= 0; at -= width) {
			for (let x = 0; x < width; x++) {
				const sum = (row[x] as number) * keep + (light[at + x] as number) * take;
				row[x] = sum;
				const own = heat[at + x] as number;
				const halo = sum * gain;
				heat[at + x] = own + (((4095 - own) * Math.min(halo, 4095)) >> 12);
			}
		}
	}
}
