/** Coefficient of the cubic, as in PyTorch and OpenCV. */
const A = -0.75;

/** One place of a line that is made of four of another. */
export interface Taps {
	/** Which four; beyond an end, the end again. */
	readonly at: readonly number[];
	/** Their shares; together 1. */
	readonly share: readonly number[];
}

/** For each place of a line of `to`: what of a line of `from` it is made of, where a place of one is `scale` of the other. */
export function taps(to: number, from: number, scale = to / from): Taps[] {
	return Array.from({ length: to }, (_, i) => {
		const position = (i + 0.5) / scale - 0.5;
		const first = Math.floor(position);
		const t = position - first;
		const at = [-1, 0, 1, 2].map((k) => Math.min(from - 1, Math.max(0, first + k)));
		return { at, share: [far(t + 1), near(t), near(1 - t), far(2 - t)] };
	});
}

/** The same as a matrix [to, from]: with it, bringing pictures to another size is a product, which every provider does fast. */
export function matrix(to: number, from: number): Float32Array {
	const rows = new Float32Array(to * from);
	for (const [i, { at, share }] of taps(to, from).entries()) {
		for (let k = 0; k < 4; k++)
			rows[i * from + (at[k] as number)] = (rows[i * from + (at[k] as number)] as number) + (share[k] as number);
	}
	return rows;
}

/** The cubic within one pixel. Keys 1981, doi 10.1109/TASSP.1981.1163711. */
function near(t: number): number {
	return ((A + 2) * t - (A + 3)) * t * t + 1;
}

/** The cubic between one and two pixels. */
function far(t: number): number {
	return ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;
}
