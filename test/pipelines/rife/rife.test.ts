import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph, Layers, type Value, Weights } from "mutoscope/inference";
import { Frame, FramePool } from "mutoscope/sdk";
import { pipelineContract } from "mutoscope/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawRife } from "../../../pipelines/rife/graph.ts";
import { between } from "../../../pipelines/rife/ifnet.ts";
import definition from "../../../pipelines/rife/index.ts";
import { Rife } from "../../../pipelines/rife/rife.ts";
import { runOnce } from "../../golden/inside.ts";
import { input } from "../../golden/recipe.ts";
import { compareSample, vector } from "../../golden/vectors.ts";
import { cpu } from "../wan/engine.ts";
import { writeSparse } from "../wan/sparse.ts";
import { scratch, writeMade } from "../wan/weights.ts";
import { rifeShapes } from "./shapes.ts";

const SHAPE = [1, 3, 64, 96];
const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
const made = join(folder, "weights.safetensors");
beforeAll(() => writeMade(made, rifeShapes()));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([true, false])("continuous: %s", (continuous) => {
	const trial = { values: { "/continuous": continuous }, chunks: 2, file: () => made };
	for (const { name, skip, run } of pipelineContract(definition, trial)) {
		test.skipIf(skip !== undefined)(`it ${name}`, run);
	}
});

test.each([
	["float32", 1e-4],
	["float16", 5e-2],
] as const)("made-up weights give the numbers that PyTorch gives, in %s to %d", async (dtype, limit) => {
	const { flow_final_sample, mask_logit_sample, output_sample } = vector("rife");
	const engine = await cpu();
	const weights = await Weights.open(made);
	const graph = new Graph("rife");
	const layers = new Layers(graph, weights);
	const [first, second] = ["a", "b"].map((name) => graph.cast(graph.input(name, "float32", SHAPE), dtype));
	const found = between(layers, first as Value, second as Value);
	for (const [name, value] of Object.entries(found)) graph.output(name, graph.cast(value, "float32"));
	const picture = (name: string) =>
		engine.tensor(
			"float32",
			SHAPE,
			input(`rife:${name}`, SHAPE).map((x) => Math.min(1, Math.max(0, x * 0.2 + 0.5))),
		);
	using a = picture("a");
	using b = picture("b");
	const outputs = await runOnce(engine, graph, { a, b });
	const samples = { flow: flow_final_sample, mask: mask_logit_sample, picture: output_sample };
	for (const [name, sample] of Object.entries(samples)) {
		const ours = outputs.get(name) as Float32Array;
		expect(compareSample(name, ours, [64, 96], sample, limit).maxAbs, name).toBeLessThan(limit);
	}
});

test.each([
	[true, [5, 6]],
	[false, [5, 5]],
])("three frames become five; three more, if continuous (%s), six", async (continuous, expected) => {
	const pool = new FramePool();
	const { signal } = new AbortController();
	const context = { compute: { threads: 1 }, file: () => made, frame: pool.take.bind(pool), progress: () => {} };
	await using rife = await Rife.open(context, signal);
	const size = { width: 40, height: 24 };
	const chunk = (from: number) => [0, 1, 2].map((i) => new Frame(size, noise(from + i), { captured: 1 + from + i }));
	const counts: number[] = [];
	for (const from of [0, 3]) {
		const given = chunk(from);
		const frames = await rife.doubled(given, continuous, signal);
		counts.push(frames.length);
		expect(
			given.every((frame) => frames.includes(frame)),
			"the frames themselves are among them",
		).toBe(true);
		expect(frames.map(({ captured }) => captured)).toEqual(frames.map(({ captured }) => captured).toSorted());
		for (const frame of frames) {
			expect(frame.data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
			frame.close();
		}
	}
	expect(counts).toEqual(expected);
});

test.each(["float32", "float16"] as const)("it opens at full size in %s", async (dtype) => {
	const file = join(await scratch(), "weights.safetensors");
	await writeSparse(file, rifeShapes(), () => "float32");
	const weights = await Weights.open(file);
	expect(weights.names).toHaveLength(128);
	const graph = drawRife(weights, { size: { width: 1920, height: 1080 }, dtype });
	await using model = await (await cpu()).model(graph, { optimise: "basic", prepack: false });
	expect(model.outputs.get("middle")?.shape).toEqual([1, 1080, 1920, 4]);
});

/** Opaque bytes of a 40 by 24 frame that differ from frame to frame. */
function noise(seed: number): Uint8Array {
	return Uint8Array.from({ length: 40 * 24 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * (7 + seed)) & 255));
}
