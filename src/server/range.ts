/** Bytes of a file, both ends included. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/**
 * What a `Range` header asks of `size` bytes: one range, everything (`undefined`), or what there is not. Several ranges, other
 * units and what cannot be read count as no header at all, as RFC 9110 allows.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
	const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
	const [, from = "", to = ""] = match ?? [];
	if (from === "" && to === "") return undefined;
	const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
	const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
	if (to !== "" && from !== "" && Number(to) < start) return undefined;
	return start < size && (from !== "" || to !== "0") ? { start, end } : "unsatisfiable";
}
