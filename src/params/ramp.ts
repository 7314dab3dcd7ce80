/** How a value travels from where it is to where it shall be; share of time → share of the way. */
export const easings = {
	linear: (t: number) => t,
	smooth: (t: number) => t * t * (3 - 2 * t),
	in: (t: number) => t * t,
	out: (t: number) => t * (2 - t),
	exp: (t: number) => (t === 0 ? 0 : 2 ** (10 * (t - 1))),
} as const satisfies Record<string, (t: number) => number>;

/** The name of a curve. */
export type Curve = keyof typeof easings;
