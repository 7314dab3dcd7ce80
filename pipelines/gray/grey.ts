/** Luma of RGBA bytes as opaque grey RGBA bytes: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), to the nearest. */
export function toGrey(from: Uint8Array, to: Uint8Array): void {
	for (let i = 0; i < from.length; i += 4) {
		// Whole numbers of 1/1000: no grey turns out a shade darker than it was.
		const sum = 299 * (from[i] as number) + 587 * (from[i + 1] as number) + 114 * (from[i + 2] as number);
		const luma = Math.floor((sum + 500) / 1000);
		to[i] = luma;
		to[i + 1] = luma;
		to[i + 2] = luma;
		to[i + 3] = 255;
	}
}
