import type { FileHandle } from "node:fs/promises";
import { MutoscopeError } from "../../base/errors.ts";
import { DTYPES, type DType } from "../dtype.ts";

/** What is told of a file, in characters: names in it may have been made to be long. */
const LONGEST_REASON = 300;

/** Refuses a file of weights: `weight/file`. */
export function badFile(file: string, reason: string): never {
	throw new MutoscopeError("weight/file", { file, reason: shortened(reason) });
}

function shortened(text: string): string {
	return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
}

/** The size of a tensor in bytes; `NaN` where that is more than a number can say. */
export function bytesOfShape(dtype: DType, shape: readonly number[]): number {
	return productOf([DTYPES[dtype].bytes, ...shape]);
}

/** The product of whole numbers; `NaN` where it, or that of the first of them, is not exact. */
export function productOf(numbers: readonly number[]): number {
	return numbers.reduce((a, b) => (Number.isSafeInteger(a * b) ? a * b : Number.NaN), 1);
}

/** `length` bytes of a file from `offset` on, or `weight/file` where it ends before. */
export async function readExactly(
	handle: FileHandle,
	file: string,
	offset: number,
	length: number,
): Promise<Buffer<ArrayBuffer>> {
	const bytes = Buffer.alloc(length);
	for (let at = 0; at < length; ) {
		// Linux reads at most 2 GiB at once.
		const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, 1 << 30), offset + at);
		if (bytesRead === 0) return badFile(file, `it ends at byte ${offset + at}: it was not fetched to its end`);
		at += bytesRead;
	}
	return bytes;
}
