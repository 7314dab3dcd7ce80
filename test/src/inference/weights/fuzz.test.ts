import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Weights } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MutoscopeError } from "../../../../src/base/errors.ts";
import { DTYPES } from "../../../../src/inference/dtype.ts";
import { Folder, safetensors } from "./folder.ts";

let folder: Folder;
beforeAll(async () => {
	folder = await Folder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

const golden = (name: string): URL => new URL(`../../../golden/torch/${name}`, import.meta.url);
const tensor = { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] };
const header = {
	__metadata__: { a: "b" },
	"x.weight": tensor,
	y: { dtype: "BF16", shape: [], data_offsets: [24, 26] },
};
const seeds: readonly [string, () => Promise<Buffer>][] = [
	["safetensors", async () => safetensors(header, 26)],
	...["plain", "views", "nested", "module", "float8"].flatMap((name) =>
		[".pt", ".legacy.pkl"].map((ending): [string, () => Promise<Buffer>] => [
			`${name}${ending}`,
			() => readFile(fileURLToPath(golden(`${name}${ending}`))),
		]),
	),
];

/** How much longer to try: `FUZZ=50 npx vitest run test/src/inference/weights/fuzz.test.ts`. */
const TIMES = Number(process.env.FUZZ ?? 1);

/** Whatever is in a file: it is refused, or all that is found in it lies inside of it. */
async function holds(bytes: Uint8Array): Promise<void> {
	const path = `${folder.path}/any`;
	await writeFile(path, bytes);
	let weights: Weights;
	try {
		weights = await Weights.open(path);
	} catch (error) {
		expect(error).toBeInstanceOf(MutoscopeError);
		expect((error as MutoscopeError).code).toBe("weight/file");
		return;
	}
	for (const name of weights.names) {
		try {
			const { offset, length, shape, dtype } = weights.get(name);
			expect(length).toBe(shape.reduce((a, b) => a * b, DTYPES[dtype].bytes));
			expect(offset).toBeGreaterThanOrEqual(0);
			expect(offset + length).toBeLessThanOrEqual(bytes.length);
			expect((await weights.read(name)).length * DTYPES[dtype].bytes).toBe(length);
		} catch (error) {
			if (!(error instanceof MutoscopeError)) throw error;
			expect(error.toJSON().code).toBe("weight/unusable");
		}
	}
}

type Change = {
	readonly at: number;
	readonly kind: "set" | "insert" | "remove" | "double";
	readonly bytes: Uint8Array;
};

function changed(seed: Buffer, changes: readonly Change[]): Buffer {
	let bytes = seed;
	for (const { at, kind, bytes: other } of changes) {
		const place = Math.floor(at * bytes.length);
		const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
		if (kind === "set") bytes = Buffer.concat([before, other, after.subarray(other.length)]);
		else if (kind === "insert") bytes = Buffer.concat([before, other, after]);
		else if (kind === "remove") bytes = Buffer.concat([before, after.subarray(other.length)]);
		else bytes = Buffer.concat([before, after.subarray(0, other.length), after]);
	}
	return bytes;
}

// Bytes that mean something in a pickle or a zip archive.
const telling = [0, 1, 0x28, 0x2e, 0x4b, 0x51, 0x52, 0x62, 0x7b, 0x7d, 0x7f, 0x80, 0x8a, 0x94, 0xfe, 0xff];
const byte = fc.oneof(fc.constantFrom(...telling), fc.integer({ min: 0, max: 255 }));
const change: fc.Arbitrary<Change> = fc.record({
	at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
	kind: fc.constantFrom("set" as const, "insert" as const, "remove" as const, "double" as const),
	bytes: fc.array(byte, { minLength: 1, maxLength: 9 }).map((list) => Uint8Array.from(list)),
});

test.each(seeds)("whatever is changed in %s, nothing outside of the file is read", async (_, seed) => {
	const original = await seed();
	await fc.assert(
		fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => holds(changed(original, changes))),
		{ numRuns: 50 * TIMES },
	);
});

test.each(seeds)("whatever one byte of %s becomes, nothing outside of the file is read", async (_, seed) => {
	const original = await seed();
	for (let at = 0; at < original.length; at += TIMES > 1 ? 1 : 11) {
		const bytes = Buffer.from(original);
		bytes[at] = telling[at % telling.length] as number;
		await holds(bytes);
	}
});

test("whatever bytes come after what says the format", async () => {
	const starts = [
		"",
		"PK\x03\x04",
		"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02",
		"\x20\0\0\0\0\0\0\0{",
	];
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...starts), fc.array(byte, { maxLength: 200 }), (start, rest) =>
			holds(Buffer.concat([Buffer.from(start, "latin1"), Uint8Array.from(rest)])),
		),
		{ numRuns: 300 * TIMES },
	);
});

test("whatever JSON is the header of safetensors", async () => {
	const value = fc.oneof(
		fc.record({
			dtype: fc.constantFrom("F32", "BF16", "U8", "I16", "F4", 7),
			shape: fc.array(fc.oneof(fc.integer({ min: -1, max: 4 }), fc.constant(2 ** 53), fc.double()), { maxLength: 3 }),
			data_offsets: fc.array(fc.oneof(fc.integer({ min: -1, max: 30 }), fc.double()), { maxLength: 3 }),
		}),
		fc.jsonValue({ maxDepth: 2 }),
	);
	const any = fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "__metadata__", "__proto__"), fc.string()), value);
	await fc.assert(
		fc.asyncProperty(any, fc.nat({ max: 32 }), (entries, length) => holds(safetensors(entries, length))),
		{ numRuns: 200 * TIMES },
	);
});
