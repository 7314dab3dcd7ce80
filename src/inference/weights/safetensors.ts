import type { FileHandle } from "node:fs/promises";
import { DTYPES, type DType } from "../dtype.ts";
import { badFile, productOf, readExactly } from "./file.ts";
import { firstTwice, isTooRich, topLevelKeys } from "./json.ts";
import type { Found } from "./ref.ts";

/** What a tensor is called in a safetensors file, and here. */
export const SAFETENSORS: Readonly<Record<string, DType>> = {
	F64: "float64",
	F32: "float32",
	F16: "float16",
	BF16: "bfloat16",
	F8_E4M3: "float8e4m3fn",
	I64: "int64",
	I32: "int32",
	I8: "int8",
	U8: "uint8",
	U16: "uint16",
	BOOL: "bool",
};

/** Types of the format that have no name here, and the size of an element in bytes. */
const OTHERS: Readonly<Record<string, number>> = {
	I16: 2,
	U32: 4,
	U64: 8,
	C64: 8,
	F8_E5M2: 1,
	F8_E8M0: 1,
	F8_E4M3FNUZ: 1,
	F8_E5M2FNUZ: 1,
};

/** The reference's limit of a header, in bytes. */
const LARGEST_HEADER = 100_000_000;

interface Entry {
	readonly name: string;
	readonly type: string;
	readonly shape: readonly number[];
	readonly begin: number;
	readonly end: number;
}

/**
 * The tensors of a safetensors file of `size` bytes. Only its header is read. Throws `weight/file` for whatever breaks the
 * format's rules: bytes that belong to no tensor or to two are refused too.
 *
 * huggingface/safetensors, README, "Format", and `validate` in safetensors/src/tensor.rs (Apache-2.0).
 */
export async function readSafetensors(handle: FileHandle, file: string, size: number): Promise<Found[]> {
	if (size < 8) return badFile(file, "it is shorter than any safetensors file");
	const prefix = await readExactly(handle, file, 0, 8);
	const length = prefix.readBigUInt64LE();
	if (length > LARGEST_HEADER) return badFile(file, `its header of ${length} bytes is larger than ${LARGEST_HEADER}`);
	if (length + 8n > size) return badFile(file, "it ends within its header: it was not fetched to its end");
	const header = await readExactly(handle, file, 8, Number(length));
	if (isTooRich(header)) return badFile(file, "its header has more parts than are read");
	const text = decode(header, file);
	const start = 8 + Number(length);
	const entries = parseHeader(text, file).sort((a, b) => a.begin - b.begin || a.end - b.end);
	let at = 0;
	for (const { name, type, shape, begin, end } of entries) {
		if (begin !== at) badFile(file, `${name} begins at byte ${begin}, where ${at} was to come next`);
		const dtype = SAFETENSORS[type];
		const bytes = productOf([dtype ? DTYPES[dtype].bytes : (OTHERS[type] as number), ...shape]);
		if (end - begin !== bytes) badFile(file, `${name} has ${end - begin} bytes, where its shape needs ${bytes}`);
		at = end;
	}
	if (start + at > size) return badFile(file, `it is ${size} bytes long, where its tensors need ${start + at}`);
	if (start + at < size) return badFile(file, `${size - start - at} bytes at its end belong to no tensor`);
	return entries.map(({ name, type, shape, begin, end }) => {
		const dtype = SAFETENSORS[type];
		if (!dtype) return { name, file, problem: `elements of the type ${type} are not read here` };
		return { name, dtype, shape, file, offset: start + begin, length: end - begin };
	});
}

function decode(bytes: Buffer, file: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return badFile(file, "its header is not UTF-8");
	}
}

function parseHeader(text: string, file: string): Entry[] {
	if (!text.startsWith("{")) return badFile(file, "its header does not begin with {");
	let header: unknown;
	try {
		header = JSON.parse(text);
	} catch {
		return badFile(file, "its header is not JSON");
	}
	const twice = firstTwice(topLevelKeys(text));
	if (twice !== undefined) return badFile(file, `it has two tensors called ${twice}`);
	return Object.entries(header as object)
		.filter(([name]) => name !== "__metadata__")
		.map(([name, value]) => parseEntry(name, value, file));
}

function parseEntry(name: string, value: unknown, file: string): Entry {
	const { dtype: type, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
	if (typeof type !== "string" || !(Object.hasOwn(SAFETENSORS, type) || Object.hasOwn(OTHERS, type))) {
		return badFile(
			file,
			`${name} is of the type ${typeof type === "string" ? type : typeof type}, which is not read here`,
		);
	}
	if (!isLengths(shape)) return badFile(file, `${name} has no proper shape`);
	const [begin, end, more] = isLengths(offsets) ? offsets : [];
	if (begin === undefined || end === undefined || more !== undefined || end < begin) {
		return badFile(file, `${name} has no proper offsets`);
	}
	return { name, type, shape, begin, end };
}

function isLengths(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}
