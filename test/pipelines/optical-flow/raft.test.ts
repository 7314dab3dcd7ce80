import { join } from "node:path";
import { Graph, Layers, type Value, Weights } from "mutoscope/inference";
import { expect, test } from "vitest";
import { drawFlow } from "../../../pipelines/optical-flow/graph.ts";
import { flows } from "../../../pipelines/optical-flow/raft/raft.ts";
import { SIZES } from "../../../pipelines/optical-flow/raft/sizes.ts";
import { mixed } from "../../../pipelines/optical-flow/raft/upsample.ts";
import { compare } from "../../golden/compare.ts";
import { runOnce } from "../../golden/inside.ts";
import { input } from "../../golden/recipe.ts";
import { compareSample, vector } from "../../golden/vectors.ts";
import { cpu } from "../wan/engine.ts";
import { writeSparse } from "../wan/sparse.ts";
import { madeWeights, scratch } from "../wan/weights.ts";
import { raftShapes } from "./shapes.ts";

const SHAPE = [1, 3, 128, 136];

test("the small model with made-up weights gives the numbers that PyTorch gives", async () => {
	const { first_iter_sample, last_iter_sample } = vector("raft_small");
	const engine = await cpu();
	const weights = await madeWeights(raftShapes("small"));
	const graph = new Graph("raft");
	const [a, b] = ["a", "b"].map((name) => graph.input(name, "float32", SHAPE)) as [Value, Value];
	const found = flows(new Layers(graph, weights), a, b, SIZES.small, 12);
	graph.output("first", found[0] as Value);
	graph.output("last", found.at(-1) as Value);
	using first = engine.tensor("float32", SHAPE, input("raft:a", SHAPE));
	using second = engine.tensor("float32", SHAPE, input("raft:b", SHAPE));
	const outputs = await runOnce(engine, graph, { a: first, b: second });
	const off = (name: string, sample: typeof first_iter_sample) =>
		compareSample(name, outputs.get(name) as Float32Array, [128, 136], sample, 1).maxAbs;
	expect(off("first", first_iter_sample)).toBeLessThan(1e-3);
	// Each iteration looks up where the one before has led, so that differences grow; it goes as far as 80 pixels.
	expect(off("last", last_iter_sample)).toBeLessThan(0.1);
});

test.each(["small", "large"] as const)("the %s model opens at full size", async (size) => {
	const file = join(await scratch(), "weights.safetensors");
	await writeSparse(file, raftShapes(size), () => "float32");
	const weights = await Weights.open(file);
	// Of the large one PyTorch also counts the batches, which nobody reads: 15 tensors.
	expect(weights.names).toHaveLength(size === "small" ? 106 : 169 - 15);
	const options = { raft: SIZES[size], resolution: 512, iterations: 12, correctRange: false };
	const graph = drawFlow(weights, { ...options, frame: { width: 833, height: 511 } });
	await using model = await (await cpu()).model(graph, { optimise: "basic", prepack: false });
	expect(model.outputs.get("flow")?.shape).toEqual([2, 512, 512]);
});

test("the large model mixes each pixel of the nine places around it", async () => {
	const [rows, columns] = [2, 3];
	const engine = await cpu();
	const weights = await madeWeights(raftShapes("large"));
	const graph = new Graph("upsample");
	const hidden = graph.input("hidden", "float32", [1, 128, rows, columns]);
	const flow = graph.input("flow", "float32", [1, 2, rows, columns]);
	const layers = new Layers(graph, weights).under("mask_predictor");
	graph.output("mixed", mixed(layers, hidden, flow));
	graph.output("mask", layers.conv(graph.relu(layers.conv(hidden, "convrelu.0", { pads: 1 })), "conv"));
	const [state, moves] = [input("hidden", hidden.shape as number[]), input("flow", flow.shape as number[])];
	using h = engine.tensor("float32", hidden.shape as number[], state);
	using f = engine.tensor("float32", flow.shape as number[], moves);
	const outputs = await runOnce(engine, graph, { hidden: h, flow: f });
	const mask = outputs.get("mask") as Float32Array;
	const expected: number[] = [];
	for (let c = 0; c < 2; c++) {
		for (let y = 0; y < 8 * rows; y++) {
			for (let x = 0; x < 8 * columns; x++) {
				const [row, column] = [y >> 3, x >> 3];
				const inside = (y & 7) * 8 + (x & 7);
				const shares = places.map((_, k) =>
					Math.exp(0.25 * (mask[((k * 64 + inside) * rows + row) * columns + column] as number)),
				);
				const around = places.map(([dy, dx]) => {
					const [at, to] = [row + dy, column + dx];
					const beyond = at < 0 || to < 0 || at >= rows || to >= columns;
					return beyond ? 0 : 8 * (moves[(c * rows + at) * columns + to] as number);
				});
				const whole = shares.reduce((a, b) => a + b);
				expected.push(around.reduce((sum, value, k) => sum + (value * (shares[k] as number)) / whole, 0));
			}
		}
	}
	expect(compare("mixed", outputs.get("mixed") ?? [], expected, 1e-4).maxAbs).toBeLessThan(1e-4);
});

const places = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [y, x] as const));
