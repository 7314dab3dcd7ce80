import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph } from "mutoscope/inference";
import type { PluginDefinition } from "mutoscope/sdk";
import { pipelineContract } from "mutoscope/testing";
import { afterAll, expect, test } from "vitest";
import { Frame } from "../../src/media/frame.ts";

const { default: plugin } = (await import("../../examples/onnx-model/index.js" as string)) as {
	default: PluginDefinition;
};
const [pipeline] = plugin.pipelines as NonNullable<PluginDefinition["pipelines"]>;
if (!pipeline) throw new TypeError("the example brings no pipeline");

const folder = mkdtempSync(join(tmpdir(), "mutest-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Negative, and twice as large. */
const model = join(folder, "negative.onnx");
const graph = new Graph("negative");
const x = graph.input("picture", "float32", [1, 3, "height", "width"]);
graph.output("negative", graph.resize(graph.sub(1, x), { scales: [2, 2], mode: "nearest", coordinates: "asymmetric" }));
writeFileSync(model, graph.encode());

for (const { name, skip, run } of pipelineContract(pipeline, { values: { "/model": model, "/size": 16 } })) {
	test.skipIf(skip !== undefined)(`the example of an ONNX model ${name}`, run);
}

test("the example of an ONNX model shows what the model gives", async () => {
	const context = {
		params: { model, size: 8 },
		compute: {},
		frame: ({ width, height }: { width: number; height: number }) =>
			new Frame({ width, height }, new Uint8Array(width * height * 4)),
	};
	const { signal } = new AbortController();
	await using opened = await pipeline.open(context as never, signal);
	const data = Uint8Array.from({ length: 256 }, (_, at) => (at % 4 === 3 ? 255 : at));
	const source = new Frame({ width: 8, height: 8 }, data);
	const turn = { chunk: 0, time: 0, elapsed: 0 };
	const { frames } = await opened.generate({ frames: [source] }, {}, turn, signal);
	expect(source.closed).toBe(true);
	expect(frames.map(({ size }) => size)).toEqual([{ width: 16, height: 16 }]);
	const pixel = (column: number, row: number) => [
		...(frames[0] as Frame).data.subarray(4 * (16 * row + column)).subarray(0, 4),
	];
	expect(pixel(0, 0)).toEqual([255, 254, 253, 255]);
	expect(pixel(3, 5)).toEqual([0, 1, 2].map((c) => 255 - (4 * (8 * 2 + 1) + c)).concat(255));
});
