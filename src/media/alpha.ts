/** The pixels with each colour multiplied by its alpha, in memory of their own. */
export function premultiply(data: Uint8Array): Uint8Array {
	const result = new Uint8Array(data.length);
	for (let at = 0; at < data.length; at += 4) {
		const alpha = data[at + 3] as number;
		for (let channel = 0; channel < 3; channel++) {
			result[at + channel] = ((data[at + channel] as number) * alpha + 127) / 255;
		}
		result[at + 3] = alpha;
	}
	return result;
}

/** Takes the multiplication back, in place. Clear pixels become black. */
export function unpremultiply(data: Uint8Array): void {
	for (let at = 0; at < data.length; at += 4) {
		const alpha = data[at + 3] as number;
		if (alpha === 255) continue;
		for (let channel = 0; channel < 3; channel++) {
			const value = data[at + channel] as number;
			data[at + channel] = alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha));
		}
	}
}
