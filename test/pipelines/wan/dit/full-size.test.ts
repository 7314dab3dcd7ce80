import { join } from "node:path";
import { type AttentionForm, type DType, type Graph, Weights } from "mutoscope/inference";
import { expect, test } from "vitest";
import { type DitConfig, WAN_1_3B, WAN_14B } from "../../../../pipelines/wan/dit/config.ts";
import { drawText, drawTime } from "../../../../pipelines/wan/dit/embeddings.ts";
import { drawDit } from "../../../../pipelines/wan/dit/graph.ts";
import { drawVace, VACE_1_3B, VACE_14B, type VaceLayers, vaceBlock } from "../../../../pipelines/wan/vace/branch.ts";
import { cpu } from "../engine.ts";
import { writeSparse } from "../sparse.ts";
import { scratch } from "../weights.ts";
import { ditShapes, type Shapes, vaceShapes } from "./shapes.ts";

const MODELS = [
	["1.3B", WAN_1_3B, VACE_1_3B],
	["14B", WAN_14B, VACE_14B],
] as const;

/** How graphs are drawn for providers other than the CPU's: type of activations, attention. */
const PROVIDERS = [
	["CUDA", "bfloat16", "fused"],
	["WebGPU and DirectML", "float16", "contrib"],
	["TensorRT", "float16", "plain"],
	["Core ML", "float32", "plain"],
] as const;

/** How the transformer may have its past. */
const FORMS = [{ cache: "turned" }, { cache: "turned", biased: true }, { cache: "plain" }] as const;

/** As released: the transformer and VACE's branch in a file each, 16 bits. */
async function files(config: DitConfig, layers: VaceLayers): Promise<{ weights: Weights; vace: Weights }> {
	const folder = await scratch();
	const write = async (name: string, shapes: Shapes) => {
		const file = join(folder, name);
		await writeSparse(file, new Map(Object.entries(shapes)), () => "bfloat16");
		return await Weights.open(file);
	};
	return {
		weights: await write("model.safetensors", ditShapes(config)),
		vace: await write("vace.safetensors", vaceShapes(config, layers.length)),
	};
}

/** All graphs of a pipeline with everything that it can have. */
function draw(
	config: DitConfig,
	layers: VaceLayers,
	{ weights, vace }: { weights: Weights; vace: Weights },
	{ dtype, attention }: { dtype: DType; attention: AttentionForm },
	forms: readonly (typeof FORMS)[number][] = FORMS,
): readonly Graph[] {
	const blocks = Array.from({ length: config.layers }, (_, i) => `blocks.${i}`);
	const branch = layers.map((_, i) => vaceBlock(i));
	return [
		drawTime(config, weights, { lora: true }).graph,
		drawText(config, weights, { dtype, blocks, lora: true }).graph,
		drawText(config, weights, { dtype, blocks: branch, own: vace }).graph,
		...forms.map((form) => drawDit(config, weights, { dtype, attention, lora: true, hints: layers, ...form }).graph),
		drawVace(config, weights, vace, layers, { dtype, attention }),
	];
}

test("checkpoints have as many tensors and elements as the released ones", () => {
	const count = (shapes: Shapes) => {
		const sizes = Object.values(shapes).map((shape) => shape.reduce((a, b) => a * b, 1));
		return [sizes.length, sizes.reduce((a, b) => a + b, 0)];
	};
	expect(count(ditShapes(WAN_1_3B))).toEqual([825, 1_418_996_800]);
	expect(count(ditShapes(WAN_14B))).toEqual([1095, 14_288_491_584]);
	expect(count(vaceShapes(WAN_1_3B, VACE_1_3B.length))[1]).toBeCloseTo(735.0e6, -5);
	expect(count(vaceShapes(WAN_14B, VACE_14B.length))[1]).toBeCloseTo(3.049e9, -6);
});

test.each(MODELS)("Wan %s opens on the CPU with its weights left in their files", async (_, config, layers) => {
	const engine = await cpu();
	const graphs = draw(config, layers, await files(config, layers), { dtype: "float32", attention: "contrib" });
	const before = process.memoryUsage().rss;
	for (const graph of graphs) {
		await using model = await engine.model(graph, { optimise: "none", prepack: false });
		expect(model.outputs.size).toBeGreaterThan(0);
		expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
	}
});

const variants = MODELS.flatMap(([name, ...model]) =>
	PROVIDERS.map(([id, ...provider]) => [name, id, model, provider] as const),
);

test.each(variants)(
	"Wan %s for %s is a valid model",
	async (_, __, [config, layers], [dtype, attention]) => {
		const engine = await cpu();
		const made = await files(config, layers);
		for (const graph of draw(config, layers, made, { dtype, attention }, [{ cache: "turned", biased: true }])) {
			// The CPU has no kernels for bfloat16. It says so when it has found the whole graph valid.
			const unkernelled = /Could not find an implementation/;
			const opened = engine.model(graph, { optimise: "none", prepack: false });
			const model = await opened.catch((error: Error) => void expect(error.message).toMatch(unkernelled));
			await model?.[Symbol.asyncDispose]();
		}
	},
	120_000,
);
