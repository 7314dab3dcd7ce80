/** One of so many equal parts of an array. */
export function part(data: Float32Array, index: number, parts: number): Float32Array {
	const size = data.length / parts;
	return data.subarray(index * size, (index + 1) * size);
}

/** Arrays, one after another. */
export function joined(parts: readonly Float32Array[]): Float32Array {
	const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const one of parts) {
		whole.set(one, at);
		at += one.length;
	}
	return whole;
}
