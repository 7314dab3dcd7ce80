import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBrain, fromHalf } from "../../../src/inference/half.ts";
import { Engine, Graph, type Tensor } from "../../../src/inference/index.ts";

let engine: Engine;
beforeAll(async () => {
	engine = await Engine.open({ provider: "cpu", threads: 1 });
});
afterAll(() => engine[Symbol.asyncDispose]());

const seen = ({ data }: Tensor) => [...(data as Iterable<number | bigint>)];

test("a tensor is zeros, or what it was given", () => {
	expect(seen(engine.tensor("int32", [3]))).toEqual([0, 0, 0]);
	expect(seen(engine.tensor("int64", [2]))).toEqual([0n, 0n]);
	expect(seen(engine.tensor("int64", [2], [1, -2]))).toEqual([1n, -2n]);
	expect(seen(engine.tensor("bool", [2], [5, 0]))).toEqual([1, 0]);
	expect(engine.tensor("float32", [0, 4]).data).toHaveLength(0);
	expect(engine.tensor("float32", []).data).toHaveLength(1);
});

test("numbers are rounded to floats of 16 bits; their own bits are taken as they are", () => {
	const half = engine.tensor("float16", [2], [1.5, -0.1]);
	expect(Array.from(half.data as Uint16Array, fromHalf)).toEqual([1.5, expect.closeTo(-0.1, 3)]);
	const brain = engine.tensor("bfloat16", [2], new Float32Array([3, 1e20]));
	expect(fromBrain(Number(brain.data[1]))).toBeCloseTo(1e20, -18);
	expect(seen(engine.tensor("float16", [2], half.data))).toEqual(seen(half));
	const bytes = new Uint8Array((half.data as Uint16Array).slice().buffer);
	expect(seen(engine.tensor("float16", [2], bytes))).toEqual(seen(half));
});

test("data of another length is refused with both lengths", () => {
	const used = engine.used;
	expect(() => engine.tensor("float32", [2, 3], [1, 2])).toThrow(
		"The tensor float32[2,3] cannot be used: it has 6 elements, and 2 were given.",
	);
	expect(() => engine.tensor("float32", [1.5])).toThrow(expect.objectContaining({ code: "inference/tensor" }));
	expect(() => engine.tensor("float32", [-1])).toThrow(expect.objectContaining({ code: "inference/tensor" }));
	expect(engine.used).toEqual(used);
});

test("what was given out of a tensor is empty once it is disposed of", () => {
	const tensor = engine.tensor("float32", [4], [1, 2, 3, 4]);
	const { data } = tensor;
	tensor.dispose();
	tensor.dispose();
	expect(data).toHaveLength(0);
	expect(() => engine.view(tensor, [1])).toThrow(expect.objectContaining({ code: "inference/tensor" }));
});

test("a tensor that is disposed of during its run is freed after it", async () => {
	const graph = new Graph("sum");
	graph.output("y", graph.reduceSum(graph.input("x", "float32", ["n"]), [0], false));
	const model = await engine.model(graph);
	const used = engine.used.tensors;
	const x = engine.tensor("float32", [1000], new Float32Array(1000).fill(1));
	const running = model.run({ x });
	x.dispose();
	expect(engine.used.tensors).toBe(used + 1);
	const { y } = await running;
	expect(y?.data[0]).toBe(1000);
	y?.dispose();
	expect(engine.used.tensors).toBe(used);
	await expect(model.run({ x })).rejects.toMatchObject({ code: "inference/tensor" });
});

test("a view shares the memory of its tensor and keeps it", () => {
	const whole = engine.tensor("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
	const view = engine.view(whole, [4]);
	view.data[0] = 9;
	expect(seen(whole)).toEqual([9, 2, 3, 4, 5, 6]);
	expect(seen(view)).toEqual([9, 2, 3, 4]);
	expect(() => engine.view(whole, [7])).toThrow(expect.objectContaining({ code: "inference/tensor" }));
	const used = engine.used.tensors;
	whole.dispose();
	expect(engine.used.tensors).toBe(used);
	view.dispose();
	expect(engine.used.tensors).toBe(used - 2);
});
