import { readFile } from "node:fs/promises";
import * as z from "zod";

const TYPES = {
	F32: { dtype: "float32", view: Float32Array },
	F64: { dtype: "float64", view: Float64Array },
	I64: { dtype: "int64", view: BigInt64Array },
	I32: { dtype: "int32", view: Int32Array },
} as const;

const header = z.record(
	z.string(),
	z.object({
		dtype: z.enum(["F32", "F64", "I64", "I32"]),
		shape: z.array(z.int().min(0)),
		data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
	}),
);

/** A tensor as a golden case stores it: row-major. */
export type Stored = {
	[K in keyof typeof TYPES]: {
		/** The type of an element. */
		readonly dtype: (typeof TYPES)[K]["dtype"];
		/** Its dimensions, the slowest first. */
		readonly shape: readonly number[];
		/** Its elements. */
		readonly data: InstanceType<(typeof TYPES)[K]["view"]>;
	};
}[keyof typeof TYPES];

/**
 * Reads a whole safetensors file of the four types that golden cases have. Not the reader under `src/`: the judge
 * shares no code with the judged.
 */
export async function readStored(path: string): Promise<ReadonlyMap<string, Stored>> {
	const file = await readFile(path);
	const start = 8 + Number(file.readBigUInt64LE(0));
	const { __metadata__: _, ...entries } = JSON.parse(file.toString("utf8", 8, start)) as Record<string, unknown>;
	return new Map(
		Object.entries(header.parse(entries)).map(
			([
				name,
				{
					dtype,
					shape,
					data_offsets: [from, to],
				},
			]) => {
				// A copy, because a view has to begin at a multiple of its element's size.
				const bytes = new Uint8Array(file.subarray(start + from, start + to)).buffer;
				const data = new TYPES[dtype].view(bytes);
				const length = shape.reduce((product, size) => product * size, 1);
				if (data.length !== length) throw new Error(`${path}: ${name} has ${data.length} elements, not ${length}`);
				return [name, { dtype: TYPES[dtype].dtype, shape, data } as Stored];
			},
		),
	);
}
