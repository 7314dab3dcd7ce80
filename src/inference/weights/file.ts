import type { FileHandle } from "node:fs/promises";
import { MutoscopeError } from "../../base/errors.ts";
import { DTYPES, type DType } from "../dtype.ts";

/** Refuses a file of weights: `weight/file`. */
export function badFile(file: string, reason: string): never {
	throw new MutoscopeError("weight/file", { file, reason });
}

/** The size of a tensor in bytes. Not exact above 2⁵³, which no file reaches. */
export function bytesOfShape(dtype: DType, shape: readonly number[]): number {
	return shape.reduce((a, b) => a * b, DTYPES[dtype].bytes);
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
