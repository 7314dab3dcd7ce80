import { SHADES, TONE_BITS } from "./colours.ts";
import { HEAT } from "./heat.ts";

/** Difference in heat from one cell to the next that is as bright, or as dark, as it gets at full relief. */
const STEEP = 700;

/** Light from the top left: which shade a slope of heat has. */
export class Light {
	/**
	 * For each slope from −8192 to 8191, where the colours of its shade begin (in `Colours.pixels`). Shades go by the root of
	 * the slope, so that what is nearly flat shows no steps. A table, because on noise a processor guesses wrong at every
	 * comparison.
	 */
	readonly shades = new Uint16Array(4 * HEAT).fill((SHADES / 2) << TONE_BITS);
	#gain = 0;

	/** Sets how strongly slopes are lit; 0 is flat. */
	update(gain: number): void {
		if (gain === this.#gain) return;
		this.#gain = gain;
		for (let i = 0; i < this.shades.length; i++) {
			const slope = ((i - 2 * HEAT) * gain) / STEEP;
			const shade = Math.round((SHADES / 2) * (1 + Math.sign(slope) * Math.sqrt(Math.abs(slope))));
			this.shades[i] = Math.max(0, Math.min(SHADES - 1, shade)) << TONE_BITS;
		}
	}
}
