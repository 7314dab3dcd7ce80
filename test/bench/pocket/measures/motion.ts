/** One number a pixel, rows top to bottom. */
export interface Grey {
	readonly width: number;
	readonly height: number;
	readonly values: Float32Array;
}

/** Where the world's middle lies on the screen: from the picture's middle, half its short side 1, y down. */
export interface Centre {
	readonly x: number;
	readonly y: number;
}

/** Motions with a direction, by their generator: a velocity field, half short sides a frame. */
const GENERATORS = {
	across: () => [1, 0],
	down: () => [0, 1],
	turn: (x: number, y: number) => [-y, x],
	zoom: (x: number, y: number) => [x, y],
} as const satisfies Record<string, (x: number, y: number) => readonly [number, number]>;

export type Generator = keyof typeof GENERATORS;

/** What each word for a motion says: along which generator, and which way. */
export const MOTIONS: Readonly<Record<string, readonly [Generator, 1 | -1]>> = {
	left: ["across", -1],
	right: ["across", 1],
	up: ["down", -1],
	down: ["down", 1],
	clockwise: ["turn", 1],
	counterclockwise: ["turn", -1],
	in: ["zoom", 1],
	out: ["zoom", -1],
};

/**
 * How fast frames move along a generator, in its units a frame: half short sides, radians, e-folds. By least squares of
 * It + a G·∇I = 0 over all pixels of all neighbouring frames (Horn and Schunck 1981, "Determining optical flow"), with one
 * generator at a time: with two, tilted stripes have no answer.
 */
export function rateOf(frames: readonly Grey[], generator: Generator, centre: Centre = { x: 0, y: 0 }): number {
	const field = GENERATORS[generator];
	let product = 0;
	let square = 0;
	const blurred = frames.map(blur);
	for (const [i, now] of blurred.entries()) {
		const next = blurred[i + 1];
		if (!next) break;
		const { width, height } = now;
		const half = Math.min(width, height) / 2;
		for (let row = 1; row < height - 1; row++) {
			const y = (row + 0.5 - height / 2) / half - centre.y;
			for (let column = 1; column < width - 1; column++) {
				const x = (column + 0.5 - width / 2) / half - centre.x;
				const at = row * width + column;
				const slope = (step: number) =>
					(half * (value(now, at + step) - value(now, at - step) + value(next, at + step) - value(next, at - step))) /
					4;
				const [across, down] = field(x, y);
				const change = across * slope(1) + down * slope(width);
				product += change * (value(next, at) - value(now, at));
				square += change * change;
			}
		}
	}
	return square === 0 ? 0 : -product / square;
}

function value({ values }: Grey, i: number): number {
	return values[i] as number;
}

/** 1-2-1 along both sides, the edges repeated. */
function blur({ width, height, values }: Grey): Grey {
	const pass = (from: Float32Array, step: number, length: number, place: (i: number) => number) =>
		from.map((value, i) => {
			const before = place(i) > 0 ? (from[i - step] as number) : value;
			const after = place(i) < length - 1 ? (from[i + step] as number) : value;
			return (before + 2 * value + after) / 4;
		});
	const rows = pass(values, 1, width, (i) => i % width);
	return { width, height, values: pass(rows, width, height, (i) => Math.floor(i / width)) };
}
