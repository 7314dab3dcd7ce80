import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine, Graph, Layers, ModelBySize, type Tensor, Weights, writeSafetensors } from "mutoscope/inference";
import { expect, onTestFinished, test } from "vitest";
import { noise } from "./graph/nd.ts";

async function weightsOf(shapes: Readonly<Record<string, readonly number[]>>): Promise<Weights> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-"));
	onTestFinished(() => rm(folder, { recursive: true }));
	const file = join(folder, "weights.safetensors");
	const tensors = Object.entries(shapes).map(
		([name, shape], i) =>
			[name, { dtype: "float32", shape, data: Float32Array.from(noise(shape, i + 2).data) }] as const,
	);
	await writeSafetensors(file, Object.fromEntries(tensors));
	return await Weights.open(file);
}

test.each([
	{ kernel: 4, factor: 4, pads: 0, more: 0 },
	{ kernel: 2, factor: 2, pads: 0, more: 0 },
	{ kernel: 4, factor: 2, pads: 1, more: 0 },
	{ kernel: 3, factor: 2, pads: 1, more: 1 },
	{ kernel: 5, factor: 3, pads: 1, more: 0 },
])("a transposed convolution is what ONNX Runtime's is: %o", async ({ kernel, factor, pads, more }) => {
	const weights = await weightsOf({ "up.weight": [2, 3, kernel, kernel], "up.bias": [3] });
	const graph = new Graph("up");
	const x = graph.input("x", "float32", [1, 2, 4, 5]);
	const layers = new Layers(graph, weights);
	const [w, b] = [layers.weight("up.weight", x), layers.weight("up.bias", x)];
	const options = { strides: factor, pads, outputPadding: more };
	const ours = layers.convTranspose(x, "up", { factor, pads });
	const theirs = graph.convTranspose(x, w, b, options);
	expect(ours.shape).toEqual(theirs.shape);
	graph.output("off", graph.reduceMax(graph.abs(graph.sub(ours, theirs)), [0, 1, 2, 3]));
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	await using model = await engine.model(graph);
	using feed = engine.tensor("float32", [1, 2, 4, 5], noise([1, 2, 4, 5]).data);
	using off = (await model.run({ x: feed })).off as Tensor;
	expect(off.data[0]).toBeLessThan(1e-5);
});

test("layers are found below a name, with a bias or without, and in the type of what they are given", async () => {
	const weights = await weightsOf({ "block.a.weight": [3, 2], "block.b.weight": [2, 2], "block.b.bias": [2] });
	const graph = new Graph("layers");
	const layers = new Layers(graph, weights).under("block");
	expect([layers.has("a.weight"), layers.has("a.bias")]).toEqual([true, false]);
	const x = graph.input("x", "float16", ["n", 2]);
	const y = layers.linear(layers.linear(x, "b"), "a");
	expect(y).toMatchObject({ dtype: "float16", shape: ["n", 3] });
	expect(() => layers.linear(x, "c")).toThrow(expect.objectContaining({ code: "weight/missing" }));
});

test("a model by size is drawn once for each size that comes, and the one before is closed", async () => {
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	const drawn: string[] = [];
	await using models = new ModelBySize(engine, ({ width, height }) => {
		drawn.push(`${width}×${height}`);
		const graph = new Graph("picture");
		graph.output("y", graph.neg(graph.input("x", "float32", [height, width])));
		return graph;
	});
	const first = await models.of({ width: 2, height: 1 });
	expect(await models.of({ width: 2, height: 1 })).toBe(first);
	const second = await models.of({ width: 1, height: 2 });
	expect(second.inputs.get("x")?.shape).toEqual([2, 1]);
	expect(drawn).toEqual(["2×1", "1×2"]);
	using x = engine.tensor("float32", [1, 2]);
	await expect(first.run({ x })).rejects.toThrow(expect.objectContaining({ code: "inference/closed" }));
});
