import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Weights } from "mutoscope/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Folder } from "./folder.ts";

let folder: Folder;
beforeAll(async () => {
	folder = await Folder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

const golden = (name: string): string => fileURLToPath(new URL(`../../../golden/torch/${name}`, import.meta.url));
const eighths = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => (i + from) / 8 - 1);
const formats = [
	["of the archive", ".pt"],
	["of before the archive", ".legacy.pkl"],
];

describe.each(formats)("what torch.save wrote in the format %s", (_, ending) => {
	test("has all types, at any offset", async () => {
		const weights = await Weights.open(golden(`plain${ending}`));
		const found = await Promise.all(
			weights.names.map(async (name) => [
				name,
				weights.get(name).dtype,
				weights.get(name).shape,
				Array.from(await weights.read(name)),
			]),
		);
		expect(found).toEqual([
			["a.weight", "float32", [3, 4], eighths(12)],
			["a.bias", "bfloat16", [3], eighths(3)],
			["half", "float16", [2, 2], eighths(4)],
			["double", "float64", [2], eighths(2)],
			["long", "int64", [3], [1, -2, 2 ** 40]],
			["int", "int32", [1], [7]],
			["char", "int8", [1], [-3]],
			["byte", "uint8", [1], [200]],
			["bool", "bool", [2], [1, 0]],
			["scalar", "float32", [], [2.5]],
			["empty", "float32", [0, 4], []],
		]);
	});

	test("has views of one storage, parameters, and views that cannot be read in place", async () => {
		const weights = await Weights.open(golden(`views${ending}`));
		expect(Array.from(await weights.read("rows"))).toEqual(eighths(12, 6));
		expect(Array.from(await weights.read("row"))).toEqual(eighths(6, 12));
		expect(weights.get("row").offset - weights.get("whole").offset).toBe(48);
		expect(Array.from(await weights.read("lone"))).toEqual([-1]);
		expect(Array.from(await weights.read("parameter"))).toEqual(eighths(6));
		for (const name of ["column", "turned", "stretched", "short"]) {
			expect(() => weights.get(name)).toThrow(expect.objectContaining({ code: "weight/unusable" }));
		}
	});

	test("is looked into by an entry, and freed of a prefix that all names have", async () => {
		const path = golden(`nested${ending}`);
		const all = await Weights.open(path);
		expect(all.names).toContain("generator_ema.model.a.weight");
		expect(all.names).toContain("list.1");
		const inner = await Weights.open(path, { entry: "generator", strip: ["_fsdp_wrapped_module.", "model."] });
		expect(inner.names).toEqual(["a.weight", "a.bias", "half"]);
		const ema = await Weights.open(path, { entry: "generator_ema", strip: ["model."] });
		expect(Array.from(await ema.read("a.weight"))).toEqual(eighths(12, 8));
	});

	test("is flat, whatever entry is asked for", async () => {
		const weights = await Weights.open(golden(`module${ending}`), { entry: "generator", strip: ["linear."] });
		expect(weights.names).toContain("linear.weight");
		expect(Array.from(await weights.read("linear.weight"))).toEqual(eighths(6));
	});

	test("has types that have no storage of their own", async () => {
		const weights = await Weights.open(golden(`float8${ending}`));
		expect(weights.get("w", [2, 4]).dtype).toBe("float8e4m3fn");
		expect(Array.from(await weights.read("w"))).toEqual(eighths(8));
	});
});

/** The same archive with a directory for sizes of 64 bits, as one of more than 4 GB has. */
function widened(bytes: Buffer): Buffer {
	const end = bytes.lastIndexOf("PK\x05\x06");
	const [count, length, start] = [
		bytes.readUInt16LE(end + 10),
		bytes.readUInt32LE(end + 12),
		bytes.readUInt32LE(end + 16),
	];
	const records: Buffer[] = [];
	for (let at = start; at < start + length; ) {
		const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
			number,
			number,
			number,
		];
		const head = Buffer.from(bytes.subarray(at, at + 46));
		const wide = Buffer.alloc(28);
		wide.writeUInt16LE(1);
		wide.writeUInt16LE(24, 2);
		for (const [i, field] of [24, 20, 42].entries()) {
			wide.writeBigUInt64LE(BigInt(head.readUInt32LE(field)), 4 + 8 * i);
			head.writeUInt32LE(0xffffffff, field);
		}
		head.writeUInt16LE(extra + wide.length, 30);
		const after = at + 46 + name;
		records.push(head, bytes.subarray(at + 46, after), bytes.subarray(after, after + extra), wide);
		at = after + extra + comment;
	}
	const directory = Buffer.concat(records);
	const record = Buffer.alloc(56);
	record.write("PK\x06\x06", "latin1");
	for (const [field, value] of [
		[4, 44],
		[24, count],
		[32, count],
		[40, directory.length],
		[48, start],
	] as const) {
		record.writeBigUInt64LE(BigInt(value), field);
	}
	const locator = Buffer.alloc(20);
	locator.write("PK\x06\x07", "latin1");
	locator.writeBigUInt64LE(BigInt(start + directory.length), 8);
	const tail = Buffer.from(bytes.subarray(end));
	tail.fill(0xff, 10, 20);
	return Buffer.concat([bytes.subarray(0, start), directory, record, locator, tail]);
}

test("an archive with sizes of 64 bits has the same tensors at the same places", async () => {
	const bytes = await readFile(golden("plain.pt"));
	const [narrow, wide] = await Promise.all([
		Weights.open(golden("plain.pt")),
		folder.write("wide.pt", widened(bytes)).then((path) => Weights.open(path)),
	]);
	for (const name of narrow.names) {
		const { offset, length } = narrow.get(name);
		expect(wide.get(name)).toMatchObject({ offset, length });
	}
	expect(wide.names).toEqual(narrow.names);
});

describe("refuses", () => {
	test("a module with its class", async () => {
		await expect(Weights.open(golden("whole-module.pt"))).rejects.toThrow(/__main__\.Module to be run/);
	});

	test("one tensor without a name", async () => {
		await expect(Weights.open(golden("bare.pt"))).rejects.toThrow(/without a name/);
	});

	test.each(formats)("a file %s that was cut anywhere", async (_, ending) => {
		const whole = await readFile(golden(`plain${ending}`));
		for (let length = 0; length < whole.length; length += 7) {
			const path = await folder.write("cut", whole.subarray(0, length));
			await expect(Weights.open(path), `${length} bytes`).rejects.toMatchObject({ code: "weight/file" });
		}
	});

	test("an archive whose files are compressed", async () => {
		const bytes = await readFile(golden("plain.pt"));
		const central = bytes.indexOf("PK\x01\x02");
		bytes.writeUInt16LE(8, central + 10);
		await expect(Weights.open(await folder.write("packed.pt", bytes))).rejects.toThrow(/is compressed/);
	});

	test("an archive of something else", async () => {
		const end = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);
		const bytes = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(26), end]);
		await expect(Weights.open(await folder.write("other.zip", bytes))).rejects.toThrow(/none that torch.save has made/);
	});

	const stream = (object: string): Buffer =>
		Buffer.from(
			`\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02${object}.\x80\x02].`,
			"latin1",
		);
	const odd: readonly [string, string, RegExp][] = [
		["a tag that is a list of lists without end", `N${"\x85".repeat(900_000)}\x85Q`, /no storage: object/],
		["lists of lists", `N${"\x85".repeat(100)}`, /nested too deeply/],
		["a list that has itself", "]q\x00h\x00a", /nested too deeply/],
		["a dictionary that has itself, often", "}q\x00(U\x01ah\x00U\x01bh\x00U\x01ch\x00u", /nested too deeply/],
		["keys that are lists", "}(]Nu", /keys that are no names/],
		[
			"a storage of nothing known",
			"(U\x07storagecos\nFloatStorage\nU\x010U\x03cpuK\x01tQ",
			/no storage: os.FloatStorage/,
		],
		[
			"a tensor of no storage",
			"ctorch._utils\n_rebuild_tensor_v2\n(NK\x00K\x01\x85K\x01\x85tR",
			/without a proper shape/,
		],
		["a parameter of a number", "ctorch._utils\n_rebuild_parameter\nK\x01\x85R", /parameter that is no tensor/],
	];
	test.each(odd)("a stream with %s", async (_, object, reason) => {
		await expect(Weights.open(await folder.write("odd.pkl", stream(object)))).rejects.toThrow(reason);
	});

	test("a pickle of something else", async () => {
		await expect(Weights.open(await folder.write("other.pkl", Buffer.from("\x80\x02N.", "latin1")))).rejects.toThrow(
			/none that torch.save/,
		);
	});
});
