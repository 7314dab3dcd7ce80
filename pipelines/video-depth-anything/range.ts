/** The least and the greatest. */
export interface Range {
	readonly low: number;
	readonly high: number;
}

/** The range of some depths together. */
export function rangeOf(maps: readonly Float32Array[]): Range {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const map of maps) {
		for (const depth of map) {
			if (depth < low) low = depth;
			if (depth > high) high = depth;
		}
	}
	return { low, high };
}

/** A range that goes `share` of the way towards another; all of it where there was none. */
export function towards(range: Range | undefined, other: Range, share: number): Range {
	if (!range) return other;
	return { low: range.low + share * (other.low - range.low), high: range.high + share * (other.high - range.high) };
}

/** Depths as opaque grey RGBA bytes: the low end of the range black, the high end white; all black where there is no range. */
export function paint(depths: Float32Array, { low, high }: Range, to: Uint8Array): void {
	const factor = high > low ? 255 / (high - low) : 0;
	for (let i = 0; i < depths.length; i++) {
		const grey = Math.min(255, Math.max(0, Math.round(((depths[i] as number) - low) * factor)));
		to[4 * i] = grey;
		to[4 * i + 1] = grey;
		to[4 * i + 2] = grey;
		to[4 * i + 3] = 255;
	}
}
