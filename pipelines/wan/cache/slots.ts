import type { Plan, Span } from "../policy/plan.ts";

/**
 * Where the slots of a cache lie in memory. When the window moves on, slots change places and nothing is copied: new
 * frames are written where old ones lay. Softmax does not mind the order of keys.
 */
export class SlotMap {
	readonly #places: number[];

	constructor(slots: number) {
		this.#places = Array.from({ length: slots }, (_, slot) => slot);
	}

	/** The place of a slot. */
	place(slot: number): number {
		const place = this.#places[slot];
		if (place === undefined) throw new RangeError(`slot ${slot} of ${this.#places.length}`);
		return place;
	}

	/** The places of slots, in their order. */
	places({ from, to }: Span): readonly number[] {
		return Array.from({ length: Math.max(0, to - from) }, (_, i) => this.place(from + i));
	}

	/** Lets slots change places as a plan says: its `sink`, if frames are replaced, and its `roll`. */
	apply({ roll, sink }: Plan): void {
		if (!roll) return;
		const { within, count } = roll;
		if (sink?.kind === "replace") for (let i = 0; i < sink.count; i++) this.#swap(i, within.from + i);
		const kept = Math.max(0, within.to - within.from - count);
		if (kept === 0) return;
		const places = this.#places.slice(within.from, within.to);
		this.#places.splice(within.from, places.length, ...places.slice(count), ...places.slice(0, count));
	}

	/** Every slot at the place of its own number. */
	reset(): void {
		this.#places.sort((a, b) => a - b);
	}

	#swap(a: number, b: number): void {
		[this.#places[a], this.#places[b]] = [this.place(b), this.place(a)];
	}
}
