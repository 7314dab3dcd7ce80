/** 255 / alpha, so that a division becomes a multiplication. */
const INVERSE = Float64Array.from({ length: 256 }, (_, alpha) => (alpha === 0 ? 0 : 255 / alpha));

/** Divides each colour by its alpha, in place: takes a multiplication back. Clear pixels become black. Most are opaque. */
export function unpremultiply(data: Uint8Array): void {
	const pixels = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
	for (let at = 0; at < pixels.length; at++) {
		const pixel = pixels[at] as number;
		const alpha = pixel >>> 24;
		if (alpha === 255 || pixel === 0) continue;
		const inverse = INVERSE[alpha] as number;
		const red = channel((pixel & 0xff) * inverse);
		const green = channel(((pixel >>> 8) & 0xff) * inverse);
		const blue = channel(((pixel >>> 16) & 0xff) * inverse);
		pixels[at] = red | (green << 8) | (blue << 16) | (alpha << 24);
	}
}

function channel(value: number): number {
	return value >= 255 ? 255 : (value + 0.5) | 0;
}
