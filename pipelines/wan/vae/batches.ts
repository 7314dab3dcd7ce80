/** `count` frames cut into batches of `size`. The last one takes what is left over, too few for a batch of `least`. */
export function batches(count: number, size: number, least: number): number[] {
	const cut: number[] = [];
	let left = count;
	while (left >= size + least) {
		cut.push(size);
		left -= size;
	}
	if (left >= least) cut.push(left);
	return cut;
}

/** Arrays of one kind, one after another as one. */
export function joined<A extends Float32Array | Uint8Array>(parts: readonly A[], Kind: new (length: number) => A): A {
	const [first] = parts;
	if (first && parts.length === 1) return first;
	const all = new Kind(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}
