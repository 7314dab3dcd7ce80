import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph, Layers, Weights } from "mutoscope/inference";
import { pipelineContract } from "mutoscope/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawn, drawScribble } from "../../../pipelines/scribble/graph.ts";
import definition from "../../../pipelines/scribble/index.ts";
import { runOnce } from "../../golden/inside.ts";
import { input } from "../../golden/recipe.ts";
import { compareSample, vector } from "../../golden/vectors.ts";
import { cpu } from "../wan/engine.ts";
import { writeSparse } from "../wan/sparse.ts";
import { scratch, writeMade } from "../wan/weights.ts";
import { scribbleShapes } from "./shapes.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
const made = join(folder, "weights.safetensors");
beforeAll(() => writeMade(made, scribbleShapes()));
afterAll(() => rmSync(folder, { recursive: true }));

for (const { name, skip, run } of pipelineContract(definition, { chunks: 2, file: () => made })) {
	test.skipIf(skip !== undefined)(`it ${name}`, run);
}

test.each([
	["float32", 1e-4],
	["float16", 2e-2],
] as const)("made-up weights give the numbers that PyTorch gives, in %s to %d", async (dtype, limit) => {
	const { output_sample } = vector("scribble");
	const engine = await cpu();
	const weights = await Weights.open(made);
	const graph = new Graph("scribble");
	const given = graph.cast(graph.input("picture", "float32", [1, 3, 32, 40]), dtype);
	graph.output("lines", graph.cast(drawn(new Layers(graph, weights), given), "float32"));
	const data = input("scribble", [1, 3, 32, 40]).map((x) => Math.min(1, Math.max(0, x * 0.2 + 0.5)));
	using picture = engine.tensor("float32", [1, 3, 32, 40], data);
	const lines = (await runOnce(engine, graph, { picture })).get("lines") as Float32Array;
	expect(compareSample("lines", lines, [32, 40], output_sample, limit).maxAbs).toBeLessThan(limit);
});

test.each(["float32", "float16"] as const)("it opens at full size in %s", async (dtype) => {
	const file = join(await scratch(), "weights.safetensors");
	await writeSparse(file, scribbleShapes(), () => "float32");
	const weights = await Weights.open(file);
	expect(weights.names).toHaveLength(24);
	const graph = drawScribble(weights, { size: { width: 833, height: 511 }, dtype });
	await using model = await (await cpu()).model(graph, { optimise: "basic", prepack: false });
	expect(model.outputs.get("lines")?.shape).toEqual([1, 511, 833, 4]);
});
