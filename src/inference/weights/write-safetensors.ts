import { open, rename, rm } from "node:fs/promises";
import type { DType } from "../dtype.ts";
import { bytesOfShape } from "./file.ts";
import { SAFETENSORS } from "./safetensors.ts";

/** A tensor to be written. */
export interface WrittenTensor {
	readonly dtype: DType;
	readonly shape: readonly number[];
	/** Its elements as they lie in memory, or what makes them when their turn comes. */
	readonly data: ArrayBufferView | (() => Promise<ArrayBufferView>);
}

const NAMES = Object.fromEntries(Object.entries(SAFETENSORS).map(([name, dtype]) => [dtype, name]));

/**
 * Writes a safetensors file, its tensors in the order given; it appears under its name once it is whole. Throws `TypeError`
 * where the data is not of the size that its shape says.
 */
export async function writeSafetensors(file: string, tensors: Readonly<Record<string, WrittenTensor>>): Promise<void> {
	const header: Record<string, unknown> = {};
	let at = 0;
	for (const [name, { dtype, shape }] of Object.entries(tensors)) {
		const end = at + bytesOfShape(dtype, shape);
		header[name] = { dtype: NAMES[dtype], shape, data_offsets: [at, end] };
		at = end;
	}
	const json = Buffer.from(JSON.stringify(header));
	const start = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
	start.writeBigUInt64LE(BigInt(start.length - 8));
	json.copy(start, 8);
	const partial = `${file}.${process.pid}.partial`;
	try {
		await using handle = await open(partial, "w");
		await handle.writeFile(start);
		for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
			const { buffer, byteOffset, byteLength } = typeof data === "function" ? await data() : data;
			const wanted = bytesOfShape(dtype, shape);
			if (byteLength !== wanted) throw new TypeError(`${name} has ${byteLength} bytes, its shape needs ${wanted}`);
			await handle.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
		}
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
	await rename(partial, file);
}
