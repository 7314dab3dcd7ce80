import { Engine, Graph, type Quantisation, quantise, type Value, Weights, writeSafetensors } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Folder } from "../weights/folder.ts";
import { noise } from "./nd.ts";

let engine: Engine;
let folder: Folder;
beforeAll(async () => {
	[engine, folder] = await Promise.all([Engine.open({ provider: "cpu" }), Folder.make()]);
});
afterAll(async () => {
	await engine[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});

const [OUT, INNER, TOKENS] = [24, 80, 6];
const LINEAR = "linear.weight";

async function outputs(build: (g: Graph, x: Value) => Value): Promise<number[]> {
	const g = new Graph("quantised");
	g.output("y", build(g, g.input("x", "float32", [1, "tokens", INNER])));
	await using model = await engine.model(g);
	const x = engine.tensor("float32", [1, TOKENS, INNER], noise([1, TOKENS, INNER], 9).data);
	const { y } = await model.run({ x });
	const numbers = Array.from(y?.data as Float32Array);
	expect(y?.dims).toEqual([1, TOKENS, OUT]);
	x.dispose();
	y?.dispose();
	return numbers;
}

/** The root mean square of the difference, as a share of that of the exact result. */
function error(found: readonly number[], exact: readonly number[]): number {
	const power = (values: readonly number[]): number => values.reduce((all, value) => all + value * value, 0);
	return Math.sqrt(power(found.map((value, i) => value - (exact[i] as number))) / power(exact));
}

async function original(): Promise<Weights> {
	const file = `${folder.path}/original.safetensors`;
	const values = Float32Array.from(noise([OUT, INNER]).data, (value, i) => (i < INNER ? 0 : value));
	const bias = Float32Array.from(noise([OUT], 3).data);
	await writeSafetensors(file, {
		[LINEAR]: { dtype: "float32", shape: [OUT, INNER], data: values },
		"linear.bias": { dtype: "float32", shape: [OUT], data: bias },
	});
	return Weights.open(file);
}

const ways: readonly [string, Quantisation, number][] = [
	["8 bits a column", { form: "columns" }, 0.012],
	["7 bits a column", { form: "columns", most: 63 }, 0.02],
	["8 bits in blocks of 16", { form: "blocks", bits: 8, block: 16 }, 0.012],
	["8 bits in blocks that do not divide the row", { form: "blocks", bits: 8, block: 32 }, 0.012],
	["4 bits in blocks of 16", { form: "blocks", bits: 4, block: 16 }, 0.1],
	["4 bits in blocks that do not divide the row", { form: "blocks", bits: 4, block: 128 }, 0.12],
];

test.each(ways)("a linear layer of %s is near to that of fp32", async (_, how, most) => {
	const weights = await original();
	const few = await quantise(weights, [LINEAR], `${folder.path}/few.safetensors`, how);
	const exact = await outputs((g, x) =>
		g.linear(x, g.weight(weights.get(LINEAR)), g.weight(weights.get("linear.bias"))),
	);
	const found = await outputs((g, x) => {
		const [codes, scale, bias] = [
			few.get(`${LINEAR}.${how.form === "columns" ? "int8" : "blocks"}`),
			few.get(`${LINEAR}.scale`),
			weights.get("linear.bias"),
		].map((ref) => g.weight(ref));
		const parts = [x, codes as Value, scale as Value, bias as Value] as const;
		return how.form === "columns" ? g.linearInt8(...parts) : g.linearNBits(...parts, { bits: how.bits });
	});
	expect(error(found, exact)).toBeLessThan(most);
	expect(error(found, exact)).toBeGreaterThan(0);
});

test("what is no matrix has no columns", async () => {
	const weights = await original();
	await expect(quantise(weights, ["linear.bias"], `${folder.path}/never`, { form: "columns" })).rejects.toThrow(
		TypeError,
	);
	await expect(quantise(weights, ["missing"], `${folder.path}/never`, { form: "columns" })).rejects.toMatchObject({
		code: "weight/missing",
	});
});

test("codes and inputs that do not go together are refused", () => {
	const g = new Graph("g");
	const x = g.input("x", "float32", [2, 64]);
	const [wide, few] = [g.input("wide", "int8", [32, 8]), g.input("few", "uint8", [8, 2, 32])];
	const [scale, scales] = [g.input("scale", "float32", [8]), g.input("scales", "float32", [8, 4])];
	expect(() => g.linearInt8(x, wide, scale)).toThrow(/float32 \[2, 64\], int8 \[32, 8\], float32 \[8\]/);
	expect(() => g.linearNBits(x, few, scales, undefined, { bits: 8 })).toThrow(/uint8 \[8, 2, 32\], float32 \[8, 4\]/);
});
