import { open } from "node:fs/promises";
import { DTYPES, type DType } from "../../../../src/inference/dtype.ts";

/** A safetensors file with these tensors, all zeros, that takes no room on disks that know holes. */
export async function writeSparse(
	file: string,
	tensors: Iterable<readonly [name: string, dtype: DType, shape: readonly number[]]>,
): Promise<void> {
	const names: Partial<Record<DType, string>> = {
		float32: "F32",
		float16: "F16",
		bfloat16: "BF16",
		float8e4m3fn: "F8_E4M3",
	};
	const header: Record<string, unknown> = {};
	let at = 0;
	for (const [name, dtype, shape] of tensors) {
		const end = at + shape.reduce((a, b) => a * b, DTYPES[dtype].bytes);
		header[name] = { dtype: names[dtype], shape, data_offsets: [at, end] };
		at = end;
	}
	const json = Buffer.from(JSON.stringify(header));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(json.length));
	await using handle = await open(file, "w");
	await handle.write(Buffer.concat([length, json]));
	await handle.truncate(8 + json.length + at);
}
