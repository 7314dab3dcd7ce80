import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine, Graph, type Model, type Tensor } from "../../../src/inference/index.ts";
import { probe } from "../../../src/inference/providers/probe.ts";

const webgpu = await probe({ provider: "webgpu" });
const numbers = (tensor: Tensor | undefined) => Array.from(tensor?.data as Float32Array);

describe.each([
	{ provider: "cpu", works: true, place: "host" },
	// Skipped where there is no adapter: no Vulkan driver, or one that is too old.
	{ provider: "webgpu", works: webgpu.works, place: "device" },
] as const)("memory of $provider", ({ provider, works, place }) => {
	let engine: Engine;
	let increment: Model;
	beforeAll(async () => {
		if (!works) return;
		engine = await Engine.open({ provider, threads: 1 });
		const graph = new Graph("increment");
		graph.output("y", graph.add(graph.input("x", "float32", ["rows", 4]), graph.scalar(1)));
		increment = await engine.model(graph);
	});
	afterAll(() => engine?.[Symbol.asyncDispose]());

	test.runIf(works)("is zeros, is copied to and from, and is not seen", async () => {
		using there = engine.deviceTensor("float32", [2, 4]);
		using here = engine.tensor("float32", [2, 4], [9, 9, 9, 9, 9, 9, 9, 9]);
		expect(there.place).toBe(place);
		await engine.copy(there, here);
		expect(numbers(here)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
		here.data.set([1, 2, 3, 4, 5, 6, 7, 8] as never);
		await engine.copy(here, there);
		here.data.fill(0 as never);
		await engine.copy(there, here);
		expect(numbers(here)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
		if (place === "device") {
			expect(() => there.data).toThrow(expect.objectContaining({ code: "inference/tensor" }));
		}
	});

	test.runIf(works)("is written where it lies, in whole or in part", async () => {
		using memory = engine.deviceTensor("float32", [4, 4]);
		using part = engine.view(memory, [2, 4]);
		await increment.run({ x: memory }, { y: memory });
		await increment.run({ x: part }, { y: part });
		using seen = engine.tensor("float32", [4, 4]);
		await engine.copy(memory, seen);
		expect(numbers(seen)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
	});

	test.runIf(works)("holds outputs that go into the next run", async () => {
		const { y } = await increment.run({ x: engine.deviceTensor("float32", [1, 4]) }, {}, { place: "device" });
		expect(y?.place).toBe(place);
		expect(numbers((await increment.run({ x: y as Tensor })).y)).toEqual([2, 2, 2, 2]);
	});

	test.runIf(works)("takes what is large aside from the event loop", async () => {
		using x = engine.tensor("float32", [100_000, 4]);
		expect(numbers((await increment.run({ x })).y).every((value) => value === 1)).toBe(true);
	});

	test.runIf(works)("holds weights that models share, until the last is closed", async () => {
		const graph = new Graph("sum");
		const weight = graph.constant("float32", [4, 4], new Float32Array(16));
		graph.output("y", graph.matmul(graph.input("x", "float32", ["rows", 4]), weight));
		const shared = engine.deviceTensor("float32", [4, 4]);
		using ones = engine.tensor("float32", [4, 4], new Float32Array(16).fill(1));
		await engine.copy(ones, shared);
		const weights = new Map([[weight.name, shared]]);
		await using first = await engine.model(graph, { weights });
		await using second = await engine.model(graph, { weights });
		shared.dispose();
		await first[Symbol.asyncDispose]();
		using x = engine.tensor("float32", [1, 4], [1, 2, 3, 4]);
		expect(numbers((await second.run({ x })).y)).toEqual([10, 10, 10, 10]);
	});
});
