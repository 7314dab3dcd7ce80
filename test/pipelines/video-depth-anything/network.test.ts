import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph, Layers, type Tensor, Weights } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VITS } from "../../../pipelines/video-depth-anything/config.ts";
import { matrix } from "../../../pipelines/video-depth-anything/cubic.ts";
import { drawDepth, network } from "../../../pipelines/video-depth-anything/graph.ts";
import { DepthMemory } from "../../../pipelines/video-depth-anything/memory.ts";
import { resampled } from "../../../pipelines/video-depth-anything/positions.ts";
import { networkSize } from "../../../pipelines/video-depth-anything/size.ts";
import { compare } from "../../golden/compare.ts";
import { runOnce } from "../../golden/inside.ts";
import { input } from "../../golden/recipe.ts";
import { compareSample, vector } from "../../golden/vectors.ts";
import { cpu } from "../wan/engine.ts";
import { writeSparse } from "../wan/sparse.ts";
import { scratch } from "../wan/weights.ts";
import { depthShapes } from "./shapes.ts";
import { madeDepth } from "./weights.ts";

const SIZE = [70, 98] as const;
const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
let made: string;
beforeAll(async () => {
	made = await madeDepth(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the small model with made-up weights gives the numbers that PyTorch gives, frame after frame", async () => {
	const { frames } = vector("vda_vits");
	const engine = await cpu();
	const weights = await Weights.open(made);
	const graph = new Graph("depth");
	const { attention } = engine.provider;
	const positions = await weights.read("pretrained.pos_embed");
	const picture = graph.input("picture", "float32", [1, 3, ...SIZE]);
	const options = { config: VITS, positions, attention, past: 1 };
	const { depth, memories } = network(new Layers(graph, weights), picture, options);
	graph.output("depth", depth);
	await using model = await engine.model(graph);
	using memory = new DepthMemory(engine);
	for (const [t, { min, max, mean, grid_rows: rows, grid_cols: cols, values }] of frames.entries()) {
		using feed = engine.tensor("float32", [1, 3, ...SIZE], input(`vda:${t}`, [1, 1, 3, ...SIZE]));
		const { past, own } = memory.feeds(memories, 1);
		const outputs = await model.run({ picture: feed, ...past, ...own });
		for (const tensor of Object.values(own)) tensor.dispose();
		memory.keep(outputs, 1);
		using depth = outputs.depth as Tensor;
		const ours = depth.data as Float32Array;
		expect(compareSample(`frame ${t}`, ours, SIZE, { rows, cols, values }, 1e-4).maxAbs).toBeLessThan(1e-4);
		expect(Math.min(...ours)).toBeCloseTo(min, 4);
		expect(Math.max(...ours)).toBeCloseTo(max, 4);
		expect(ours.reduce((sum, x) => sum + x) / ours.length).toBeCloseTo(mean, 4);
	}
});

test("half precision gives nearly the same", async () => {
	const [{ grid_rows: rows, grid_cols: cols, values, max }] = vector("vda_vits").frames;
	const engine = await cpu();
	const weights = await Weights.open(made);
	const graph = new Graph("depth");
	const picture = graph.cast(graph.input("picture", "float32", [1, 3, ...SIZE]), "float16");
	const positions = await weights.read("pretrained.pos_embed");
	const options = { config: VITS, positions, attention: "plain", past: 0 } as const;
	graph.output("depth", network(new Layers(graph, weights), picture, options).depth);
	using feed = engine.tensor("float32", [1, 3, ...SIZE], input("vda:0", [1, 1, 3, ...SIZE]));
	const ours = (await runOnce(engine, graph, { picture: feed })).get("depth") as Float32Array;
	const limit = 0.01 * max;
	expect(compareSample("frame 0", ours, SIZE, { rows, cols, values }, limit).maxAbs).toBeLessThan(limit);
});

test.each([
	["float32", 1],
	["float16", 31],
] as const)("it opens at full size in %s with %i frames of memory", async (dtype, past) => {
	const file = join(await scratch(), "weights.safetensors");
	await writeSparse(file, depthShapes(), () => "float32");
	const weights = await Weights.open(file);
	expect(weights.names).toHaveLength(351);
	const engine = await cpu();
	const positions = await weights.read("pretrained.pos_embed");
	const common = { config: VITS, positions, attention: engine.provider.attention, resolution: 518 } as const;
	const { graph, memories } = drawDepth(weights, { ...common, past, size: { width: 576, height: 320 }, dtype });
	// Two of each module: 36 by 65 tokens, half of them rounded up, as many again, and four times as many.
	const pixels = [36 * 65, 18 * 33, 36 * 65, 72 * 130].flatMap((count) => [count, count]);
	expect(memories.map(({ shape }) => shape[0])).toEqual(pixels);
	await using model = await engine.model(graph, { optimise: "basic", prepack: false });
	expect(model.outputs.get("depth")?.shape).toEqual([320, 576]);
});

test.each([
	[512, 512, 518, 518],
	[576, 320, 910, 504],
	[320, 576, 504, 910],
	[1280, 720, 924, 518],
	[640, 480, 686, 518],
])("frames of %i by %i are seen at %i by %i", (width, height, seenWidth, seenHeight) => {
	expect(networkSize({ width, height }, 518)).toEqual({ width: seenWidth, height: seenHeight });
});

test("positions of the learned grid are left as they are", () => {
	const learned = Float32Array.from({ length: 10 * 2 }, (_, i) => i);
	expect(resampled(learned, 2, { rows: 3, columns: 3 })).toBe(learned);
	expect(resampled(learned, 2, { rows: 4, columns: 2 })).toHaveLength(9 * 2);
});

test.each([
	[7, 12],
	[12, 7],
])("a cubic of %i places made %i is what ONNX Runtime makes of them", async (from, to) => {
	const engine = await cpu();
	const graph = new Graph("cubic");
	const x = graph.input("x", "float32", [1, 1, 1, from]);
	graph.output("y", graph.resize(x, { sizes: [1, to], mode: "cubic", coordinates: "half_pixel" }));
	const data = input("line", [from]);
	using feed = engine.tensor("float32", [1, 1, 1, from], data);
	const expected = (await runOnce(engine, graph, { x: feed })).get("y") ?? [];
	const rows = matrix(to, from);
	const ours = Array.from({ length: to }, (_, i) =>
		data.reduce((sum, x, k) => sum + x * (rows[i * from + k] as number), 0),
	);
	expect(compare("cubic", ours, expected, 1e-5).maxAbs).toBeLessThan(1e-5);
});
