import { open, realpath, symlink } from "node:fs/promises";
import { Weights, writeSafetensors } from "mutoscope/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Folder, safetensors } from "./folder.ts";

let folder: Folder;
beforeAll(async () => {
	folder = await Folder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

const f32 = (shape: readonly number[], begin: number, end: number) => ({
	dtype: "F32",
	shape,
	data_offsets: [begin, end],
});

describe("works", () => {
	test("what was written is read, at its place in the file and in any type", async () => {
		const path = `${folder.path}/written.safetensors`;
		await writeSafetensors(path, {
			fp32: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) },
			fp16: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x0001) },
			bf16: { dtype: "bfloat16", shape: [2], data: Uint16Array.of(0x3f80, 0xc000) },
			fp8: { dtype: "float8e4m3fn", shape: [4], data: Uint8Array.of(0x38, 0xb8, 0x7e, 0x01) },
			i64: { dtype: "int64", shape: [], data: BigInt64Array.of(-5n) },
			nothing: { dtype: "float32", shape: [0, 7], data: new Float32Array() },
		});
		const weights = await Weights.open(path);
		expect([...weights.names].sort()).toEqual(["bf16", "fp16", "fp32", "fp8", "i64", "nothing"]);
		expect(Array.from(await weights.read("fp32"))).toEqual([1, -2, 0.5, 4]);
		expect(Array.from(await weights.read("fp16"))).toEqual([1, -2, 2 ** -24]);
		expect(Array.from(await weights.read("bf16"))).toEqual([1, -2]);
		expect(Array.from(await weights.read("fp8"))).toEqual([1, -1, 448, 2 ** -9]);
		expect(Array.from(await weights.read("i64"))).toEqual([-5]);
		expect(weights.get("nothing")).toMatchObject({ shape: [0, 7], length: 0 });
		const { offset, length, dtype, shape } = weights.get("fp32", [2, 2]);
		expect({ length, dtype, shape, aligned: offset % 8 }).toEqual({
			length: 16,
			dtype: "float32",
			shape: [2, 2],
			aligned: 0,
		});
	});

	test("metadata is no tensor, spaces at the end of the header are none of its business, places need not be aligned", async () => {
		const header = {
			__metadata__: { format: "pt" },
			b: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
			a: f32([1], 1, 5),
		};
		const data = Buffer.alloc(5);
		data.writeFloatLE(2.5, 1);
		const weights = await Weights.open(
			await folder.write("odd.safetensors", safetensors(`${JSON.stringify(header)}  `, data)),
		);
		expect(weights.names).toEqual(["b", "a"]);
		expect(Array.from(await weights.read("a"))).toEqual([2.5]);
	});

	test("a header whose length begins as a pickle does is a header", async () => {
		const header = JSON.stringify({ a: f32([1], 0, 4) });
		for (const length of [0x80, 0x180, 0x280]) {
			const path = await folder.write(`${length}.safetensors`, safetensors(header.padEnd(length), 4));
			expect((await Weights.open(path)).names).toEqual(["a"]);
		}
	});

	test("a type that is not read here is only missed by whoever wants it", async () => {
		const header = { a: { dtype: "I16", shape: [2], data_offsets: [0, 4] }, b: f32([1], 4, 8) };
		const weights = await Weights.open(await folder.write("short.safetensors", safetensors(header, 8)));
		expect(weights.get("b").length).toBe(4);
		expect(() => weights.get("a")).toThrow(/I16/);
	});

	test("a link leads to the file itself, which is what ONNX Runtime wants", async () => {
		const path = await folder.write("blob", safetensors({ a: f32([1], 0, 4) }, 4));
		await symlink(path, `${folder.path}/link.safetensors`);
		const weights = await Weights.open(`${folder.path}/link.safetensors`);
		expect(weights.get("a").file).toBe(await realpath(path));
	});

	test("several files are one, and an index says which shard has what", async () => {
		const one = await folder.write("one.safetensors", safetensors({ a: f32([1], 0, 4) }, 4));
		const two = await folder.write("two.safetensors", safetensors({ b: f32([1], 0, 4), c: f32([1], 4, 8) }, 8));
		expect((await Weights.open([one, two])).names).toEqual(["a", "b", "c"]);
		const index = { weight_map: { a: "one.safetensors", b: "two.safetensors" } };
		const sharded = await Weights.open(await folder.write("model.safetensors.index.json", JSON.stringify(index)));
		expect(sharded.names).toEqual(["a", "b"]);
	});
});

const wrong: readonly [string, Buffer, RegExp][] = [
	["nothing at all", Buffer.alloc(0), /neither/],
	["a web page", Buffer.from("<!DOCTYPE html><html></html>"), /neither/],
	["a header that says to be huge", Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0x7b]), /larger than 100000000/],
	[
		"a header that says to be larger than can be",
		Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 0x7b]),
		/larger/,
	],
	[
		"a file that ends within its header",
		safetensors({ a: f32([1], 0, 4) }, 4).subarray(0, 30),
		/not fetched to its end/,
	],
	["a header that is no JSON", safetensors("{nothing"), /not JSON/],
	["a header that is not UTF-8", safetensors("{}").fill(0xff, 9), /not UTF-8/],
	[
		"a tensor twice",
		safetensors(`{"a":${JSON.stringify(f32([1], 0, 4))},"\\u0061":${JSON.stringify(f32([1], 4, 8))}}`, 8),
		/two tensors called a/,
	],
	["a hole", safetensors({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /b begins at byte 8, where 4/],
	["bytes of two tensors", safetensors({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), /b begins at byte 4, where 8/],
	["bytes before the first tensor", safetensors({ a: f32([1], 4, 8) }, 8), /a begins at byte 4, where 0/],
	["bytes after the last tensor", safetensors({ a: f32([1], 0, 4) }, 5), /1 bytes at its end/],
	["a file that ends within its tensors", safetensors({ a: f32([4], 0, 16) }, 12), /where its tensors need/],
	["a shape of another size", safetensors({ a: f32([3], 0, 16) }, 16), /16 bytes, where its shape needs 12/],
	["a shape that overflows", safetensors({ a: f32([2 ** 52, 2 ** 52, 2 ** 52], 0, 4) }, 4), /where its shape needs/],
	[
		"a shape that overflows to zero",
		safetensors({ a: f32([2 ** 52, 2 ** 52, 0, ...new Array(60).fill(2 ** 52)], 0, 0) }),
		/shape/,
	],
	["a shape below zero", safetensors({ a: f32([-1], 0, 4) }, 4), /no proper shape/],
	["a shape of parts", safetensors({ a: f32([0.5], 0, 2) }, 2), /no proper shape/],
	["a shape that is text", safetensors({ a: { ...f32([], 0, 4), shape: "1" } }, 4), /no proper shape/],
	["offsets backwards", safetensors({ a: f32([1], 4, 0) }, 4), /no proper offsets/],
	[
		"offsets of three",
		safetensors({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4, 4] } }, 4),
		/no proper offsets/,
	],
	[
		"offsets that are too large to be exact",
		safetensors({ a: f32([1], 2 ** 60, 2 ** 60 + 4) }, 4),
		/no proper offsets/,
	],
	["a type that nobody knows", safetensors({ a: { dtype: "F7", shape: [1], data_offsets: [0, 4] } }, 4), /F7/],
	[
		"a type named like what objects have",
		safetensors({ a: { dtype: "constructor", shape: [], data_offsets: [0, 4] } }, 4),
		/constructor/,
	],
	["a tensor that is nothing", safetensors({ a: null }), /type undefined/],
	[
		"more parts than memory could hold",
		safetensors(`{"a":[${"[],".repeat(2_600_000)}[]]}`),
		/more parts than are read/,
	],
	[
		"a type that is a list of lists without end",
		safetensors(`{"a":{"dtype":${"[".repeat(1e6)}${"]".repeat(1e6)}}}`),
		/type object/,
	],
	["a list for a header", Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("[]")]), /neither/],
];

describe("refuses", () => {
	test.each(wrong)("%s", async (_, bytes, reason) => {
		const path = await folder.write("wrong.safetensors", bytes);
		await expect(Weights.open(path)).rejects.toMatchObject({
			code: "weight/file",
			message: expect.stringMatching(reason),
		});
	});

	test("what is not there, and what is a folder", async () => {
		await expect(Weights.open(`${folder.path}/nowhere`)).rejects.toMatchObject({ code: "weight/file" });
		await expect(Weights.open(folder.path)).rejects.toMatchObject({ code: "weight/file" });
	});

	const indices: readonly [string, string, RegExp][] = [
		["text", "hello", /not JSON/],
		["no map", "{}", /no weight_map/],
		["null", "null", /no weight_map/],
		["a way out of the folder", '{"weight_map":{"a":"../a.safetensors"}}', /not a file beside it/],
		["an absolute path", '{"weight_map":{"a":"/etc/passwd"}}', /not a file beside it/],
		["itself", '{"weight_map":{"a":"x.index.json"}}', /not a file beside it/],
		["a file that is missing", '{"weight_map":{"a":"missing.safetensors"}}', /no such file/],
		["a tensor that is missing", '{"weight_map":{"z":"one.safetensors"}}', /z is not in one.safetensors/],
	];
	test.each(indices)("an index with %s", async (_, text, reason) => {
		await folder.write("one.safetensors", safetensors({ a: f32([1], 0, 4) }, 4));
		const path = await folder.write("x.index.json", text);
		await expect(Weights.open(path)).rejects.toMatchObject({
			code: "weight/file",
			message: expect.stringMatching(reason),
		});
	});

	test("a tensor that is in two files", async () => {
		const one = await folder.write("one.safetensors", safetensors({ a: f32([1], 0, 4) }, 4));
		const two = await folder.write("two.safetensors", safetensors({ a: f32([1], 0, 4) }, 4));
		await expect(Weights.open([one, two])).rejects.toThrow(/a is in .*one.safetensors, too/);
	});

	test("to write elements that are not of the shape, and leaves nothing behind", async () => {
		const path = `${folder.path}/never.safetensors`;
		const tensors = { a: { dtype: "float32", shape: [3], data: new Float32Array(2) } } as const;
		await expect(writeSafetensors(path, tensors)).rejects.toThrow(TypeError);
		await expect(open(path)).rejects.toThrow();
	});

	test("a file that was cut short after it was opened", async () => {
		const path = await folder.write("cut.safetensors", safetensors({ a: f32([4], 0, 16) }, 16));
		const weights = await Weights.open(path);
		await using handle = await open(path, "r+");
		await handle.truncate(40);
		await expect(weights.read("a")).rejects.toMatchObject({ code: "weight/file" });
	});
});
