import { join } from "node:path";
import { type DType, type Graph, Weights } from "mutoscope/inference";
import { expect, test } from "vitest";
import { drawUmt5 } from "../../../pipelines/wan/text/umt5/graph.ts";
import { drawTaeDecoder, drawTaeEncoder, WAN_GROW } from "../../../pipelines/wan/vae/tae/graphs.ts";
import { drawDecoder, drawEncoder } from "../../../pipelines/wan/vae/wan/graphs.ts";
import { cpu } from "./engine.ts";
import { taeShapes, umt5Shapes, wanVaeShapes } from "./shapes.ts";
import { type Shapes, writeSparse } from "./sparse.ts";
import { scratch } from "./weights.ts";

const size = { width: 832, height: 480 };
/** The 8-bit file of UMT5-XXL keeps norms and tables at 16 bits. */
const eightBits = (name: string): DType => (/norm|embedding/.test(name) ? "bfloat16" : "float8e4m3fn");

async function sparse(shapes: Shapes, dtype: (name: string) => DType): Promise<Weights> {
	const file = join(await scratch(), "weights.safetensors");
	await writeSparse(file, shapes, dtype);
	return await Weights.open(file);
}

/** Validates, and loads with the weights left in their file. */
async function open(graph: Graph): Promise<void> {
	await using model = await (await cpu()).model(graph, { optimise: "basic", prepack: false });
	expect(model.outputs.size).toBeGreaterThan(0);
}

const halves = [true, false].flatMap((starts) =>
	(["float32", "float16"] as const).map((dtype) => ({ size, starts, dtype })),
);

test.each(halves)("Wan's autoencoder opens at full size: $dtype, starts $starts", async (options) => {
	const weights = await sparse(wanVaeShapes(), () => "float32");
	expect(weights.names).toHaveLength(194);
	const { graph: decoder, memories } = drawDecoder(weights, { ...options, output: "rgba" });
	const { graph: encoder } = drawEncoder(weights, options);
	// As many as the original counts, without its shortcuts, which remember nothing.
	expect(memories).toHaveLength(32);
	await open(decoder);
	await open(encoder);
});

test.each(halves)("LightVAE opens at full size: $dtype, starts $starts", async (options) => {
	const weights = await sparse(wanVaeShapes({ dim: 24 }), () => "float32");
	await open(drawDecoder(weights, { ...options, output: "rgba" }).graph);
	await open(drawEncoder(weights, options).graph);
});

test.each(["float32", "float16"] as const)("the tiny autoencoder opens at full size: %s", async (dtype) => {
	const weights = await sparse(taeShapes(), () => "float16");
	expect(weights.names).toHaveLength(128);
	const decoder = drawTaeDecoder(weights, { size, dtype, normalise: true, grow: WAN_GROW, output: "rgba" });
	expect(decoder.memories).toHaveLength(9);
	await open(decoder.graph);
	await open(drawTaeEncoder(weights, { size, dtype, normalise: true }).graph);
});

const files: [string, (name: string) => DType][] = [
	["8 bits", eightBits],
	["16 bits", () => "bfloat16"],
];

test.each(files)("UMT5-XXL of %s opens at full size", async (_, dtype) => {
	const weights = await sparse(umt5Shapes(), dtype);
	expect(weights.names).toHaveLength(242);
	const graph = drawUmt5(weights, { dtype: "float32" });
	await using model = await (await cpu()).model(graph, { optimise: "none", prepack: false });
	expect(model.inputs.get("rows")?.shape.at(-1)).toBe(4096);
	// What CUDA gets has no kernels here, but is drawn and written.
	expect(drawUmt5(weights, { dtype: "bfloat16" }).encode().length).toBeGreaterThan(100_000);
});
