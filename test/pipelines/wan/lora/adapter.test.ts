import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine, Graph, Weights, writeSafetensors } from "mutoscope/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Adapters } from "../../../../pipelines/wan/dit/adapters.ts";
import { Linears } from "../../../../pipelines/wan/dit/linears.ts";
import { type AdapterOptions, readAdapter } from "../../../../pipelines/wan/lora/adapter.ts";
import { merged } from "../../../../pipelines/wan/lora/merge.ts";
import { LoraStack } from "../../../../pipelines/wan/lora/stack.ts";
import { weight } from "../../../golden/recipe.ts";

const Q = "blocks.0.self_attn.q";
const FFN = "blocks.1.ffn.0";
const SHAPES: Record<string, readonly number[]> = {
	[`${Q}.weight`]: [6, 6],
	[`${Q}.bias`]: [6],
	[`${FFN}.weight`]: [10, 6],
	[`${FFN}.bias`]: [10],
};

let folder: string;
let engine: Engine;
let base: Weights;

/** Writes tensors of generated numbers, or of those given. */
async function write(name: string, shapes: Record<string, readonly number[]>, given: Record<string, number> = {}) {
	const tensors = Object.entries(shapes).map(([key, shape]) => {
		const value = given[key];
		const data = value === undefined ? weight(key, shape) : Float32Array.of(value);
		return [key, { dtype: "float32" as const, shape, data }] as const;
	});
	const file = join(folder, `${name}.safetensors`);
	await writeSafetensors(file, Object.fromEntries(tensors));
	return file;
}

/** Shapes of a pair for a module. */
const pair = (
	module: string,
	rank: number,
	[outputs, inputs]: readonly [number, number],
	[a, b] = ["lora_A", "lora_B"],
) => ({
	[`${module}.${a}.weight`]: [rank, inputs],
	[`${module}.${b}.weight`]: [outputs, rank],
});

const read = async (file: Promise<string>, options?: AdapterOptions) => readAdapter(await file, base, options);

/** W + scale · factor · up · down, plainly. */
async function byHand(module: string, scale: number, [down, up]: readonly [Float32Array, Float32Array], rank: number) {
	const plain = await base.read(`${module}.weight`);
	const inputs = down.length / rank;
	return plain.map((value, i) => {
		const [row, column] = [Math.floor(i / inputs), i % inputs];
		let sum = 0;
		for (let r = 0; r < rank; r++) sum += (up[row * rank + r] as number) * (down[r * inputs + column] as number);
		return value + scale * sum;
	});
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, limit = 1e-5) {
	expect(actual.length).toBe(expected.length);
	expect(Math.max(...Array.from(actual, (value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(limit);
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lora-"));
	engine = await Engine.open({ provider: "cpu" });
	base = await Weights.open(await write("base", SHAPES));
});
afterAll(async () => {
	await engine[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
});

describe("an adapter file", () => {
	test("gives the factors of each layer, with α over rank", async () => {
		const file = write(
			"alpha",
			{ ...pair(Q, 2, [6, 6]), [`${Q}.alpha`]: [], ...pair(FFN, 3, [10, 6]) },
			{ [`${Q}.alpha`]: 8 },
		);
		const { layers, unmatched } = await read(file);
		expect(layers.map(({ module, rank, factor }) => [module, rank, factor])).toEqual([
			[Q, 2, 4],
			[FFN, 3, 1],
		]);
		expect(unmatched).toEqual([]);
	});

	test("without α takes the one of the pipeline", async () => {
		const { layers } = await read(write("pipeline", pair(`base_model.model.${Q}`, 2, [6, 6])), { alpha: 6 });
		expect(layers[0]?.factor).toBe(3);
	});

	test("has its α passed over only where Scope does, and only if asked", async () => {
		const shapes = (module: string) => ({ ...pair(module, 2, [6, 6]), [`${module}.alpha`]: [] });
		const name = `diffusion_model.${Q}`;
		const theirs = write("toolkit", shapes(name), { [`${name}.alpha`]: 8 });
		const plain = write("plain", shapes(Q), { [`${Q}.alpha`]: 8 });
		const factor = async (file: Promise<string>, compatIgnoreAlpha: boolean) =>
			(await read(file, { compatIgnoreAlpha })).layers[0]?.factor;
		expect(await factor(theirs, true)).toBe(1);
		expect(await factor(theirs, false)).toBe(4);
		expect(await factor(plain, true)).toBe(4);
	});

	test("tells the keys that say nothing to this model", async () => {
		const { unmatched, layers } = await read(
			write("strange", { ...pair(Q, 2, [6, 6]), ...pair("blocks.9.ffn.0", 2, [10, 6]), x: [1] }),
		);
		expect(unmatched.toSorted()).toEqual(["blocks.9.ffn.0.lora_A.weight", "blocks.9.ffn.0.lora_B.weight", "x"]);
		expect(layers.length).toBe(1);
	});

	test.each([
		["has no key that fits", { "blocks.9.ffn.0.lora_A.weight": [2, 6] }, "none of its keys"],
		["has half of a pair", { [`${Q}.lora_A.weight`]: [2, 6] }, "only one of its two factors"],
		["has factors of another model", pair(Q, 2, [12, 12]), "is [2, 12], not [2, 6]"],
		["has ranks that differ", { [`${Q}.lora_A.weight`]: [2, 6], [`${Q}.lora_B.weight`]: [6, 3] }, "not [6, 2]"],
		["has no rank at all", pair(Q, 0, [6, 6]), "is [0, 6]"],
		["is a DoRA", { ...pair(Q, 2, [6, 6]), [`${Q}.dora_scale`]: [6, 1] }, "DoRA"],
		["says a thing twice", { ...pair(Q, 2, [6, 6]), ...pair(`transformer.${Q}`, 2, [6, 6]) }, "second of its kind"],
		["has only an α", { [`${Q}.alpha`]: [] }, "none of its keys"],
		["has a difference of another shape", { [`${Q}.diff`]: [6, 5] }, "is [6, 5], not [6, 6]"],
	] as const)("that %s is refused", async (why, shapes, reason) => {
		const refusal = { code: "lora/file", message: expect.stringContaining(reason) };
		await expect(read(write(why, shapes, { [`${Q}.alpha`]: 1 }))).rejects.toThrow(expect.objectContaining(refusal));
	});
});

describe("merged", () => {
	test("adapters change their own tensors, in files of their own, and nothing else", async () => {
		const original = await stat(base.get(`${Q}.weight`).file);
		const a = await read(write("first", { ...pair(Q, 2, [6, 6]), ...pair(FFN, 2, [10, 6]) }));
		const b = await read(write("second", pair(`diffusion_model.${Q}`, 3, [6, 6], ["lora_down", "lora_up"])));
		const options = { engine, folder: join(folder, "cache") };
		const weights = await merged(
			base,
			[
				{ adapter: a, scale: 0.5 },
				{ adapter: b, scale: -1 },
			],
			options,
		);
		expect(weights.names).toEqual(base.names);
		expect(weights.get(`${Q}.bias`)).toEqual(base.get(`${Q}.bias`));
		expect(weights.get(`${Q}.weight`).file).not.toBe(base.get(`${Q}.weight`).file);
		const once = await byHand(Q, 0.5, [weight(`${Q}.lora_A.weight`, [2, 6]), weight(`${Q}.lora_B.weight`, [6, 2])], 2);
		const name = `diffusion_model.${Q}`;
		const [down, up] = [weight(`${name}.lora_down.weight`, [3, 6]), weight(`${name}.lora_up.weight`, [6, 3])];
		const plain = await base.read(`${Q}.weight`);
		const twice = (await byHand(Q, -1, [down, up], 3)).map(
			(value, i) => value + (once[i] as number) - (plain[i] as number),
		);
		near(await weights.read(`${Q}.weight`), twice);
		expect((await stat(base.get(`${Q}.weight`).file)).mtimeMs).toBe(original.mtimeMs);
	});

	test("a merge is found again, and made anew for another scale", async () => {
		const adapter = await read(write("again", pair(Q, 2, [6, 6])));
		const place = async (scale: number) =>
			(await merged(base, [{ adapter, scale }], { engine, folder: join(folder, "cache") })).get(`${Q}.weight`).file;
		const file = await place(1);
		const { mtimeMs } = await stat(file);
		expect(await place(1)).toBe(file);
		expect((await stat(file)).mtimeMs).toBe(mtimeMs);
		expect(await place(0.5)).not.toBe(file);
		expect(await place(0)).toBe(base.get(`${Q}.weight`).file);
	});

	test("differences are added to weights and biases", async () => {
		const adapter = await read(write("difference", { [`${Q}.diff`]: [6, 6], [`${FFN}.diff_b`]: [10] }));
		const weights = await merged(base, [{ adapter, scale: 2 }], { engine, folder: join(folder, "cache") });
		for (const [tensor, key] of [
			[`${Q}.weight`, `${Q}.diff`],
			[`${FFN}.bias`, `${FFN}.diff_b`],
		] as const) {
			const difference = weight(key, SHAPES[tensor] as number[]);
			near(
				await weights.read(tensor),
				(await base.read(tensor)).map((value, i) => value + 2 * (difference[i] as number)),
			);
		}
	});

	test.each(["bfloat16", "float16", "float8e4m3fn"] as const)("a weight in %s is rounded once", async (dtype) => {
		const bits = {
			bfloat16: Uint16Array.of(0x3f80),
			float16: Uint16Array.of(0x3c00),
			float8e4m3fn: Uint8Array.of(0x38),
		};
		const file = join(folder, `${dtype}.safetensors`);
		await writeSafetensors(file, { "head.head.weight": { dtype, shape: [1, 1], data: bits[dtype] } });
		const small = await Weights.open(file);
		// 1 + 3 · 2^-9: between two bf16, nearer the upper; exact in fp16.
		const adapter = await readAdapter(
			await write(`over ${dtype}`, { "head.head.diff": [1, 1] }, { "head.head.diff": 3 / 512 }),
			small,
		);
		const weights = await merged(small, [{ adapter, scale: 1 }], { engine, folder: join(folder, "cache") });
		expect(weights.get("head.head.weight").dtype).toBe(dtype === "float8e4m3fn" ? "bfloat16" : dtype);
		expect([...(await weights.read("head.head.weight"))]).toEqual([dtype === "float16" ? 1 + 3 / 512 : 1 + 1 / 128]);
	});
});

describe("at run time", () => {
	const x = weight("x", [3, 6]);

	/** The layer over x: of a checkpoint alone, or with a stack of adapters. */
	async function outputs(weights: Weights, stack?: LoraStack) {
		const g = new Graph("layer");
		const linears = new Linears(g, weights, { dtype: "float32", lora: stack !== undefined });
		g.output("y", linears.apply(FFN, g.input("x", "float32", ["tokens", 6]), 10));
		await using model = await engine.model(g);
		using adapters = new Adapters(engine);
		if (stack) adapters.set(stack.layers());
		using input = engine.tensor("float32", [3, 6], x);
		const { y } = await model.run({ x: input, ...(await adapters.feeds(linears.targets)) });
		using result = y;
		return Float32Array.from(result?.data as Float32Array);
	}

	test("adapters do what merging them does, at any scale, and nothing once they are gone", async () => {
		const a = await read(write("run a", { ...pair(FFN, 2, [10, 6]), [`${FFN}.alpha`]: [] }, { [`${FFN}.alpha`]: 3 }));
		const b = await read(write("run b", pair(`transformer.${FFN}`, 4, [10, 6])));
		const stack = new LoraStack();
		await stack.add(a, 0.7);
		await stack.add(b, -0.3);
		const options = { engine, folder: join(folder, "cache") };
		const both = async () =>
			outputs(
				await merged(
					base,
					stack.adapters.map(({ scale }, i) => ({ adapter: i === 0 ? a : b, scale })),
					options,
				),
			);
		near(await outputs(base, stack), await both());
		expect(stack.setScale(a.file, 2)).toBe(true);
		expect(stack.setScale(a.file, 2 + 1e-7)).toBe(false);
		expect(stack.setScale("elsewhere", 2)).toBe(false);
		near(await outputs(base, stack), await both());
		expect([stack.remove(a.file), stack.remove(a.file), stack.remove(b.file)]).toEqual([true, false, true]);
		expect(await outputs(base, stack)).toEqual(await outputs(base));
	});

	test("whole differences are left out, and told; an adapter of nothing else is refused", async () => {
		const mixed = await read(write("mixed", { ...pair(Q, 2, [6, 6]), [`${Q}.diff_b`]: [6] }));
		const whole = await read(write("whole", { [`${Q}.diff`]: [6, 6] }));
		const stack = new LoraStack();
		expect(await stack.add(mixed, 1)).toEqual([`${Q}.bias`]);
		await expect(stack.add(whole, 1)).rejects.toThrow(expect.objectContaining({ code: "lora/file" }));
		await expect(stack.add(mixed, 1)).rejects.toThrow("in use already");
	});
});
