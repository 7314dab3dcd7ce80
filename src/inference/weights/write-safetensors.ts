import { open, rename, rm } from "node:fs/promises";
import type { DType } from "../dtype.ts";
import { bytesOfShape } from "./file.ts";
import { SAFETENSORS } from "./safetensors.ts";

/** A tensor to be written: `data` holds its elements as they lie in memory. */
export interface WrittenTensor {
	readonly dtype: DType;
	readonly shape: readonly number[];
	readonly data: ArrayBufferView;
}

const NAMES = Object.fromEntries(Object.entries(SAFETENSORS).map(([name, dtype]) => [dtype, name]));

/**
 * Writes a safetensors file; it appears under its name once it is whole. Larger elements come first, so that each is aligned
 * to its size. Throws `TypeError` where the data is not of the size that its shape says.
 */
export async function writeSafetensors(file: string, tensors: Readonly<Record<string, WrittenTensor>>): Promise<void> {
	const ordered = Object.entries(tensors).sort(
		([a, left], [b, right]) => sizeOf(right.dtype) - sizeOf(left.dtype) || (a < b ? -1 : 1),
	);
	const header: Record<string, unknown> = {};
	let at = 0;
	for (const [name, { dtype, shape, data }] of ordered) {
		const bytes = bytesOfShape(dtype, shape);
		if (data.byteLength !== bytes)
			throw new TypeError(`${name} has ${data.byteLength} bytes, its shape needs ${bytes}`);
		header[name] = { dtype: NAMES[dtype], shape, data_offsets: [at, at + bytes] };
		at += bytes;
	}
	const json = Buffer.from(JSON.stringify(header));
	const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
	json.copy(padded);
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(padded.length));
	const partial = `${file}.${process.pid}.partial`;
	try {
		await using handle = await open(partial, "w");
		for (const { buffer, byteOffset, byteLength } of [prefix, padded, ...ordered.map(([, { data }]) => data)]) {
			await handle.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
		}
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
	await rename(partial, file);
}

function sizeOf(dtype: DType): number {
	return bytesOfShape(dtype, []);
}
