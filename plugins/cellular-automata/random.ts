/**
 * A stream of numbers in 0 ≤ x < 1 that depends on `seed` alone.
 *
 * mulberry32 by Tommy Ettinger (2017, public domain): 32 bits of state, passes gjrand, and is the same on every machine.
 */
export function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
