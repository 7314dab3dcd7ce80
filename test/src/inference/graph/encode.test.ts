import { realpathSync } from "node:fs";
import { parse } from "node:path";
import { type DType, Engine, Graph, type Tensor, Weights, writeSafetensors } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Folder } from "../weights/folder.ts";
import { writeSparse } from "../weights/sparse.ts";
import { type Field, fields } from "./protobuf.ts";
import { drawn, shapes, WAN_14B } from "./wan-shaped.ts";

let engine: Engine;
let folder: Folder;
beforeAll(async () => {
	[engine, folder] = await Promise.all([Engine.open({ provider: "cpu" }), Folder.make()]);
});
afterAll(async () => {
	await engine[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});

const text = (field: Field | undefined): string => Buffer.from(field?.bytes ?? []).toString();
const all = (bytes: Uint8Array, number: number): Field[] => fields(bytes).filter((field) => field.number === number);
const first = (bytes: Uint8Array, number: number): Field => all(bytes, number)[0] as Field;
const graphOf = (model: Uint8Array): Uint8Array => first(model, 7).bytes;
const nodes = (model: Uint8Array): { op: string; name: string; domain: string }[] =>
	all(graphOf(model), 1).map(({ bytes }) => ({
		op: text(first(bytes, 4)),
		name: text(first(bytes, 3)),
		domain: text(all(bytes, 7)[0]),
	}));
const opsets = (model: Uint8Array): [string, number][] =>
	all(model, 8).map(({ bytes }) => [text(first(bytes, 1)), first(bytes, 2).value]);

test("a model is of IR version 11 and operator set 24, and asks for ONNX Runtime's own operators only where it has some", () => {
	const g = new Graph("g");
	const x = g.input("x", "float32", [1, 2, 4]);
	g.output("y", g.attention(x, x, x, { heads: 2, form: "plain" }));
	expect(first(g.encode(), 1).value).toBe(11);
	expect(opsets(g.encode())).toEqual([["", 24]]);
	g.output("z", g.attention(x, x, x, { heads: 2, form: "contrib" }));
	expect(opsets(g.encode())).toEqual([
		["", 24],
		["com.microsoft", 1],
	]);
});

test("what no input reaches stands first, so that weights are cast one by one when they are needed", () => {
	const g = new Graph("g");
	let x = g.input("x", "float32", [2, 2]);
	for (const factor of [2, 3]) x = g.matmul(x, g.cast(g.constant("float16", [2, 2], [factor, 0, 0, 1]), "float32"));
	g.output("y", x);
	expect(nodes(g.encode()).map(({ op }) => op)).toEqual(["Cast", "Cast", "MatMul", "MatMul"]);
});

test("what no output needs is not in it, and nodes are named after where they stand", () => {
	const g = new Graph("g");
	const x = g.input("x", "float32", [2]);
	g.neg(g.constant("float32", [2], [1, 2]));
	const y = g.scope("outer", () => g.scope("inner", () => g.add(g.neg(x), g.neg(x))));
	g.output("y", y);
	const model = g.encode();
	expect(nodes(model).map(({ op, name }) => [op, name])).toEqual([
		["Neg", "outer/inner/Neg"],
		["Neg", "outer/inner/Neg#1"],
		["Add", "outer/inner/Add"],
	]);
	expect(all(graphOf(model), 5)).toEqual([]);
});

test("outputs have their names, also those that are inputs, and the same value under two of them", async () => {
	const g = new Graph("g");
	const x = g.input("x", "float32", ["n"]);
	const y = g.neg(x);
	g.output("same", x);
	g.output("first", y);
	g.output("second", y);
	g.output("third", g.abs(y));
	g.output("fixed", g.constant("float32", [1], [7]));
	expect(g.outputs.map(({ name, shape }) => [name, shape])).toEqual([
		["same", ["n"]],
		["first", ["n"]],
		["second", ["n"]],
		["third", ["n"]],
		["fixed", [1]],
	]);
	await using model = await engine.model(g);
	using fed = engine.tensor("float32", [2], [1, -2]);
	const results = await model.run({ x: fed });
	const plain = Object.fromEntries(
		Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
	);
	expect(plain).toEqual({ same: [1, -2], first: [-1, 2], second: [-1, 2], third: [1, 2], fixed: [7] });
});

test("weights lie in their files, are written once, and are cast where the graph computes in another type", async () => {
	const file = `${folder.path}/weights.safetensors`;
	await writeSafetensors(file, {
		odd: { dtype: "uint8", shape: [1], data: Uint8Array.of(9) },
		fp32: { dtype: "float32", shape: [2], data: Float32Array.of(1.5, -2) },
		fp16: { dtype: "float16", shape: [2], data: Uint16Array.of(0x3e00, 0xc000) },
		bf16: { dtype: "bfloat16", shape: [2], data: Uint16Array.of(0x3fc0, 0xc000) },
		fp8: { dtype: "float8e4m3fn", shape: [2], data: Uint8Array.of(0x3c, 0xc0) },
	});
	const weights = await Weights.open(file);
	const g = new Graph("g");
	const x = g.input("x", "float32", [2]);
	const types = ["fp32", "fp16", "bf16", "fp8"];
	for (const name of types) g.output(`y.${name}`, g.mul(x, g.weight(weights.get(name), { as: "float32" })));
	expect(g.weight(weights.get("fp16"), { as: "float32" })).toBe(g.weight(weights.get("fp16"), { as: "float32" }));
	expect(g.files).toEqual([realpathSync(file)]);
	const model = g.encode();
	const written = all(graphOf(model), 5).map(({ bytes }) => [
		text(first(bytes, 8)),
		...all(bytes, 13).map((entry) => text(first(entry.bytes, 2))),
	]);
	const location = realpathSync(file).slice(parse(file).root.length);
	expect(written).toEqual(
		types.map((name) => [name, location, String(weights.get(name).offset), String(weights.get(name).length)]),
	);
	await using loaded = await engine.model(g);
	using fed = engine.tensor("float32", [2], [2, 3]);
	const results = await loaded.run({ x: fed });
	for (const name of types) expect(Array.from((results[`y.${name}`] as Tensor).data as Float32Array)).toEqual([3, -6]);
});

test("weights of one name in two files keep apart", async () => {
	const files = ["one", "two"].map((name) => `${folder.path}/${name}.safetensors`);
	for (const [i, file] of files.entries())
		await writeSafetensors(file, { w: { dtype: "float32", shape: [1], data: Float32Array.of(i + 1) } });
	const [one, two] = await Promise.all(files.map((file) => Weights.open(file)));
	const g = new Graph("g");
	g.output("y", g.sub(g.weight((two as Weights).get("w")), g.weight((one as Weights).get("w"))));
	expect(g.files).toHaveLength(2);
	await using model = await engine.model(g);
	expect(Array.from((await model.run({})).y?.data as Float32Array)).toEqual([1]);
});

const whole: readonly [string, DType, "fused" | "plain" | "contrib"][] = [
	["fp32 with one operator", "float32", "fused"],
	["fp32 with products", "float32", "plain"],
	["fp32 with ONNX Runtime's operator", "float32", "contrib"],
	["bf16 cast to fp32", "bfloat16", "plain"],
];

test.each(whole)("a graph of 14 billion weights opens on a file without contents: %s", async (_, dtype, form) => {
	const file = `${folder.path}/14b.safetensors`;
	await writeSparse(
		file,
		shapes(WAN_14B).map(([name, shape]) => [name, dtype, shape]),
	);
	const before = process.memoryUsage.rss();
	const graph = drawn(WAN_14B, await Weights.open(file), form, "float32");
	expect(graph.encode().byteLength).toBeLessThan(1_000_000);
	await using model = await engine.model(graph, { prepack: false, optimise: dtype === "float32" ? "all" : "none" });
	expect(process.memoryUsage.rss() - before).toBeLessThan(300_000_000);
	expect(model.inputs.get("x")?.shape).toEqual([1, "tokens", 5120]);
	expect(model.outputs.size).toBe(81);
});
