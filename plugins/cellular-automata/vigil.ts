import type { Automaton } from "./systems/automaton.ts";

/** A level that changed by less is the same. */
const SAME_LEVEL = 0.02;

/** What the vigil saw: that nothing new happens, that life has become too dense or too thin, that there is none. */
export type Sight = "lively" | "still" | "thin" | "overgrown" | "dead";

/** The shares of living cells between which a picture is at its best. */
export interface Comfort {
	readonly least: number;
	readonly most: number;
}

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
	watch(automaton: Automaton, comfort: Comfort): void {
		const { watched, lag } = automaton;
		if (this.#before.length !== watched.length || this.#before.constructor !== watched.constructor) {
			this.#before = watched.slice();
			this.#generations = 0;
		}
		if (this.#generations++ % lag !== 0) return;
		if (this.#generations > 1) this.#sight = this.#compare(automaton, comfort);
		this.#before.set(watched);
	}

	#compare({ watched, look, lively }: Automaton, { least, most }: Comfort): Sight {
		const before = this.#before;
		const same = look === "levels" ? SAME_LEVEL : 0;
		let changed = 0;
		let living = 0;
		for (let i = 0; i < watched.length; i++) {
			const now = watched[i] as number;
			if (Math.abs(now - (before[i] as number)) > same) changed++;
			if (now > same) living++;
		}
		const share = living / watched.length;
		if (living === 0) return "dead";
		if (share > most) return "overgrown";
		if (share < least) return "thin";
		return changed > watched.length * lively ? "lively" : "still";
	}
}
