import { open } from "node:fs/promises";
import { DTYPES, type DType } from "mutoscope/inference";

/** Tensors' shapes by name, and the type of each if it is not the file's. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

const NAMES: Partial<Record<DType, string>> = {
	float32: "F32",
	float16: "F16",
	bfloat16: "BF16",
	float8e4m3fn: "F8_E4M3",
};

/** Writes a safetensors file of zeros that takes no room on the disk: the elements are a hole. */
export async function writeSparse(file: string, shapes: Shapes, dtype: (name: string) => DType): Promise<void> {
	const header: Record<string, unknown> = {};
	let at = 0;
	for (const [name, shape] of shapes) {
		const type = dtype(name);
		const bytes = shape.reduce((product, length) => product * length, DTYPES[type].bytes);
		header[name] = { dtype: NAMES[type], shape, data_offsets: [at, at + bytes] };
		at += bytes;
	}
	const json = Buffer.from(JSON.stringify(header));
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(json.length));
	await using handle = await open(file, "w");
	await handle.writeFile(Buffer.concat([prefix, json]));
	await handle.truncate(8 + json.length + at);
}
