import type { Automaton } from "./systems/automaton.ts";

/** Share of the watched cells that must change for the picture to count as alive. */
const LIVELY = 0.0012;

/** A level that changed by less is the same. */
const SAME_LEVEL = 0.02;

/** What the vigil saw. */
export type Sight = "lively" | "still" | "dead";

/**
 * Watches whether anything new happens, by comparing the grid with itself a few generations ago: oscillators whose period
 * divides that lag count as still, and so does a lone glider on a wide field.
 */
export class Vigil {
	#before: Uint8Array | Float32Array = new Uint8Array(0);
	#generations = 0;
	#sight: Sight = "lively";

	/** What was seen last. */
	get sight(): Sight {
		return this.#sight;
	}

	/** Forgets what it saw: something was sown. */
	wake(): void {
		this.#generations = 0;
		this.#sight = "lively";
	}

	/** To be called after every generation. */
	watch({ watched, lag, look, sparse }: Automaton): Sight {
		if (this.#before.length !== watched.length || this.#before.constructor !== watched.constructor) {
			this.#before = watched.slice();
			this.#generations = 0;
		}
		if (this.#generations++ % lag === 0) {
			if (this.#generations > 1) this.#sight = this.#compare(watched, look === "levels" ? SAME_LEVEL : 0, sparse);
			this.#before.set(watched);
		}
		return this.#sight;
	}

	#compare(watched: Uint8Array | Float32Array, same: number, sparse: number): Sight {
		const before = this.#before;
		let changed = 0;
		let living = 0;
		for (let i = 0; i < watched.length; i++) {
			const now = watched[i] as number;
			if (Math.abs(now - (before[i] as number)) > same) changed++;
			if (now > same) living++;
		}
		if (living === 0) return "dead";
		const enough = changed > watched.length * LIVELY && living >= watched.length * sparse;
		return enough ? "lively" : "still";
	}
}
