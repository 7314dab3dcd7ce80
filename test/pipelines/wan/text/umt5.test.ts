import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DType, type Tensor, Weights, type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { expect, test } from "vitest";
import { PromptEncoder } from "../../../../pipelines/wan/text/prompt-encoder.ts";
import { bucketOf, buckets } from "../../../../pipelines/wan/text/umt5/buckets.ts";
import { Umt5Encoder } from "../../../../pipelines/wan/text/umt5/encoder.ts";
import { drawUmt5 } from "../../../../pipelines/wan/text/umt5/graph.ts";
import { readRows } from "../../../../pipelines/wan/text/umt5/table.ts";
import { compare } from "../../../golden/compare.ts";
import { weight } from "../../../golden/recipe.ts";
import { cpu } from "../engine.ts";
import { umt5Shapes } from "../shapes.ts";
import { madeFile, scratch } from "../weights.ts";

const tiny = umt5Shapes({ vocab: 40, dim: 16, hidden: 24, heads: 4, layers: 2 });
const vector = JSON.parse(readFileSync(new URL("../../../golden/vectors/t5_tiny.json", import.meta.url), "utf8"));
const tokens = { ids: BigInt64Array.from(vector.ids, BigInt), lengths: [25], length: 40 };

/** The tiny weights with every element rounded, written as a type and read back as fp32. */
const TYPES: readonly { dtype: DType; bits: (x: number) => number; value: (bits: number) => number }[] = [
	{ dtype: "bfloat16", bits: (x) => toBfloat16(x), value: (bits) => fromBits(bits << 16) },
	{ dtype: "float8e4m3fn", bits: nearestFloat8, value: float8 },
];

function fromBits(bits: number): number {
	return new Float32Array(Int32Array.of(bits).buffer)[0] ?? 0;
}

function toBfloat16(x: number): number {
	return (new Uint32Array(Float32Array.of(x).buffer)[0] ?? 0) >>> 16;
}

function float8(bits: number): number {
	const [exponent, mantissa] = [(bits >> 3) & 15, bits & 7];
	const size = exponent === 0 ? mantissa * 2 ** -9 : (1 + mantissa / 8) * 2 ** (exponent - 7);
	return bits & 0x80 ? -size : size;
}

function nearestFloat8(x: number): number {
	let best = 0;
	for (let bits = 1; bits < 256; bits++) {
		if ((bits & 0x7f) < 0x7f && Math.abs(float8(bits) - x) < Math.abs(float8(best) - x)) best = bits;
	}
	return best;
}

test("every distance has the bucket that the range of its size has", () => {
	const from = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91];
	for (let distance = 0; distance < 600; distance++) {
		const bucket = from.findLastIndex((first) => distance >= first);
		expect(bucketOf(-distance)).toBe(bucket);
		if (distance > 0) expect(bucketOf(distance)).toBe(16 + bucket);
	}
	expect([...buckets(3)].map(Number)).toEqual([0, 17, 18, 1, 0, 17, 2, 1, 0]);
});

test("the encoder with made-up weights gives the numbers that PyTorch gives", async () => {
	await using encoder = await Umt5Encoder.open(await cpu(), await madeFile(tiny));
	const { data, shape } = await encoder.encode(tokens);
	expect(shape).toEqual([1, 40, 16]);
	expect(compare("embeddings", data.subarray(0, 400), vector.output_first25, 1e-4).maxAbs).toBeLessThan(1e-4);
	expect(data.subarray(400).every((x) => x === 0)).toBe(true);
});

test("loaded as the full size is, without optimising, the small one gives the same numbers", async () => {
	const engine = await cpu();
	const weights = await Weights.open(await madeFile(tiny));
	await using model = await engine.model(drawUmt5(weights, { dtype: "float32" }), { optimise: "none", prepack: false });
	const table = weights.get("token_embedding.weight");
	using rows = engine.tensor("float32", [1, 40, 16], await readRows(table, tokens.ids));
	using lengths = engine.tensor("int64", [1], [25]);
	using positions = engine.tensor("int64", [40, 40], buckets(40));
	using embeddings = (await model.run({ rows, lengths, buckets: positions })).embeddings as Tensor;
	const ours = (embeddings.data as Float32Array).subarray(0, 400);
	expect(compare("embeddings", ours, vector.output_first25, 1e-4).maxAbs).toBeLessThan(1e-4);
});

test.each(TYPES)("weights of $dtype give what their values give in fp32", async ({ dtype, bits, value }) => {
	const folder = await scratch();
	const narrow: Record<string, WrittenTensor> = {};
	const wide: Record<string, WrittenTensor> = {};
	for (const [name, shape] of tiny) {
		// In the files only the products are of 8 bits.
		const own = name.includes("norm") || name.includes("embedding") ? TYPES[0] : { dtype, bits, value };
		const rounded = Array.from(weight(name, shape), (x) => own?.bits(x) ?? 0);
		const Kind = own?.dtype === "bfloat16" ? Uint16Array : Uint8Array;
		narrow[name] = { dtype: own?.dtype ?? dtype, shape, data: Kind.from(rounded) };
		wide[name] = { dtype: "float32", shape, data: Float32Array.from(rounded, (x) => own?.value(x) ?? 0) };
	}
	await writeSafetensors(join(folder, "narrow.safetensors"), narrow);
	await writeSafetensors(join(folder, "wide.safetensors"), wide);
	const engine = await cpu();
	await using ours = await Umt5Encoder.open(engine, join(folder, "narrow.safetensors"));
	await using theirs = await Umt5Encoder.open(engine, join(folder, "wide.safetensors"));
	const [{ data }, { data: expected }] = [await ours.encode(tokens), await theirs.encode(tokens)];
	expect(compare("embeddings", data, expected, 1e-5).maxAbs).toBeLessThan(1e-5);
});

test("Hugging Face's layout with scales gives what Wan's gives", async () => {
	const wide: Record<string, WrittenTensor> = {};
	for (const [name, shape] of tiny) {
		const key = theirName(name);
		const scaled = /SelfAttention\.[qkvo]\.|Dense/.test(key);
		const data = weight(name, shape).map((x) => (scaled ? x / 0.25 : x));
		wide[key] = { dtype: "float32", shape, data };
		if (scaled) {
			const scale = key.replace(/weight$/, "scale_weight");
			wide[scale] = { dtype: "float32", shape: [1], data: Float32Array.of(0.25) };
		}
	}
	wide["encoder.embed_tokens.weight"] = wide["shared.weight"] as WrittenTensor;
	wide.spiece_model = { dtype: "uint8", shape: [3], data: new Uint8Array(3) };
	const file = join(await scratch(), "theirs.safetensors");
	await writeSafetensors(file, wide);
	await using encoder = await Umt5Encoder.open(await cpu(), file);
	const { data } = await encoder.encode(tokens);
	expect(compare("embeddings", data.subarray(0, 400), vector.output_first25, 1e-4).maxAbs).toBeLessThan(1e-4);
});

test("prompts of different lengths together give what each gives alone, whether the model is kept or not", async () => {
	const engine = await cpu();
	const tokenizer = new URL("./fixtures/unigram.tokenizer.json", import.meta.url).pathname;
	const weights = await madeFile(umt5Shapes({ vocab: 700, dim: 16, hidden: 24, heads: 4, layers: 2 }));
	await using kept = await PromptEncoder.open(engine, { tokenizer, weights, length: 32 });
	await using freed = await PromptEncoder.open(engine, { tokenizer, weights, length: 32, keep: false });
	const prompts = ["a red fox running through deep snow", "", "  “neon” city &amp; rain  "];
	const { data, lengths, shape } = await kept.encode(prompts);
	expect(shape).toEqual([3, 32, 16]);
	expect(lengths[1]).toBe(1);
	for (const [i, prompt] of prompts.entries()) {
		const alone = await freed.encode([prompt]);
		expect(compare(prompt, alone.data, data.subarray(i * 512, (i + 1) * 512), 1e-5).maxAbs).toBeLessThan(1e-5);
	}
	expect((await kept.encode([])).shape).toEqual([0, 32, 16]);
	expect((await kept.encode(['"neon" city & rain'])).data).toEqual((await kept.encode([prompts[2] ?? ""])).data);
});

test("a token that the table does not know is told", async () => {
	await using encoder = await Umt5Encoder.open(await cpu(), await madeFile(tiny));
	const unknown = { ids: BigInt64Array.of(40n), lengths: [1], length: 1 };
	await expect(encoder.encode(unknown)).rejects.toMatchObject({ code: "wan/token" });
});

function theirName(name: string): string {
	const [, block, part] = /^blocks\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
	if (block === undefined || part === undefined) {
		return name === "norm.weight" ? "encoder.final_layer_norm.weight" : "shared.weight";
	}
	const parts: Record<string, string> = {
		norm1: "layer.0.layer_norm",
		norm2: "layer.1.layer_norm",
		"pos_embedding.embedding": "layer.0.SelfAttention.relative_attention_bias",
		"ffn.gate.0": "layer.1.DenseReluDense.wi_0",
		"ffn.fc1": "layer.1.DenseReluDense.wi_1",
		"ffn.fc2": "layer.1.DenseReluDense.wo",
	};
	return `encoder.block.${block}.${parts[part] ?? part.replace("attn.", "layer.0.SelfAttention.")}.weight`;
}
