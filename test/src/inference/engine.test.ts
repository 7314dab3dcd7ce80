import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { Engine, Graph, type Tensor } from "../../../src/inference/index.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let engine: Engine | undefined;
afterEach(async () => {
	await engine?.[Symbol.asyncDispose]();
	engine = undefined;
});
const open = async (): Promise<Engine> => {
	engine = await Engine.open({ provider: "cpu", threads: 1 });
	return engine;
};

/** x + 1 over rows of four. */
function increment(name = "increment"): Graph {
	const graph = new Graph(name);
	graph.output("y", graph.add(graph.input("x", "float32", ["rows", 4]), graph.scalar(1)));
	return graph;
}

/** Multiplies a square matrix with itself, again and again: some 100 ms a run. */
function long(): Graph {
	const graph = new Graph("long");
	const x = graph.input("x", "float32", [256, 256]);
	let y = x;
	for (let i = 0; i < 400; i++) y = graph.clip(graph.matmul(y, x), -1, 1);
	graph.output("y", y);
	return graph;
}

const numbers = (tensor: Tensor | undefined) => Array.from(tensor?.data ?? [], Number);

test("a graph is loaded and run, and its outputs are read where they lie", async () => {
	const engine = await open();
	const model = await engine.model(increment());
	expect(model.inputs).toEqual(new Map([["x", { dtype: "float32", shape: ["rows", 4] }]]));
	expect([...model.outputs.keys()]).toEqual(["y"]);
	const { y } = await model.run({ x: engine.tensor("float32", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) });
	expect(y?.dims).toEqual([2, 4]);
	expect(numbers(y)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test("attention has proved itself on the provider that was asked for", async () => {
	const { provider } = await open();
	expect(provider).toEqual({ id: "cpu", attention: "contrib", dtype: "float32", inPlace: true, passed: [] });
});

test("an output may be the very tensor of an input", async () => {
	const engine = await open();
	const model = await engine.model(increment());
	const x = engine.tensor("float32", [1, 4], [1, 2, 3, 4]);
	const before = x.data;
	const { y } = await model.run({ x }, { y: x });
	await model.run({ x }, { y: x });
	expect(y).toBe(x);
	expect(numbers(x)).toEqual([3, 4, 5, 6]);
	expect(x.data).toBe(before);
});

test("the event loop turns while a model runs and while one is loaded", async () => {
	const engine = await open();
	let turns = 0;
	let watching = true;
	const turn = () => {
		turns++;
		if (watching) setImmediate(turn);
	};
	setImmediate(turn);
	const loading = engine.model(long());
	const model = await loading;
	const loaded = turns;
	await model.run({ x: engine.tensor("float32", [256, 256]) });
	watching = false;
	expect(loaded).toBeGreaterThan(1);
	expect(turns - loaded).toBeGreaterThan(10);
});

test("runs on one engine are made one after another, in the order of asking", async () => {
	const engine = await open();
	const [slow, quick] = await Promise.all([engine.model(long()), engine.model(increment())]);
	const ended: string[] = [];
	await Promise.all([
		slow.run({ x: engine.tensor("float32", [256, 256]) }).then(() => ended.push("slow")),
		quick.run({ x: engine.tensor("float32", [1, 4]) }).then(() => ended.push("quick")),
	]);
	expect(ended).toEqual(["slow", "quick"]);
});

test("what is collected between binding and running is not what is computed with", async () => {
	const engine = await open();
	const model = await engine.model(long());
	const run = () => {
		const x = Float32Array.from({ length: 65_536 }, (_, i) => (i % 257 === 0 ? 1 : 0));
		return model.run({ x: engine.tensor("float32", [256, 256], x) });
	};
	const running = Array.from({ length: 4 }, run);
	for (let i = 0; i < 20; i++) {
		collect();
		new Float32Array(1 << 20).fill(7);
		await new Promise(setImmediate);
	}
	for (const { y } of await Promise.all(running)) {
		expect(numbers(y).every((value, i) => value === (i % 257 === 0 ? 1 : 0))).toBe(true);
	}
});

test("outputs outlive their model", async () => {
	const engine = await open();
	const model = await engine.model(increment());
	const { y } = await model.run({ x: engine.tensor("float32", [1, 4]) });
	await model[Symbol.asyncDispose]();
	collect();
	expect(numbers(y)).toEqual([1, 1, 1, 1]);
	await expect(model.run({ x: y as Tensor })).rejects.toMatchObject({ code: "inference/closed" });
});

test("a model is closed after its runs, and an engine after its models", async () => {
	const engine = await open();
	const model = await engine.model(long());
	const running = model.run({ x: engine.tensor("float32", [256, 256]) });
	const ended: string[] = [];
	await Promise.all([
		running.then(() => ended.push("run")),
		engine[Symbol.asyncDispose]().then(() => ended.push("engine")),
	]);
	expect(ended).toEqual(["run", "engine"]);
	expect(engine.used).toEqual({ tensors: 0, bytes: 0 });
	await engine[Symbol.asyncDispose]();
	expect(() => engine.tensor("float32", [1])).toThrow(expect.objectContaining({ code: "inference/closed" }));
	await expect(engine.model(increment())).rejects.toMatchObject({ code: "inference/closed" });
});

describe("a signal", () => {
	test("ends a run that is being made, and the next one is made as if nothing were", async () => {
		const engine = await open();
		const model = await engine.model(long());
		const x = engine.tensor("float32", [256, 256]);
		const stop = new AbortController();
		const running = model.run({ x }, {}, { signal: stop.signal });
		setImmediate(() => stop.abort(new Error("enough")));
		await expect(running).rejects.toThrow("enough");
		const { y } = await model.run({ x });
		expect(y?.dims).toEqual([256, 256]);
	});

	test("keeps a run that waits from being begun", async () => {
		const engine = await open();
		const model = await engine.model(long());
		const quick = await engine.model(increment());
		const x = engine.tensor("float32", [1, 4]);
		const stop = new AbortController();
		const before = model.run({ x: engine.tensor("float32", [256, 256]) });
		const waiting = quick.run({ x }, { y: x }, { signal: stop.signal });
		stop.abort();
		await expect(waiting).rejects.toHaveProperty("name", "AbortError");
		await before;
		expect(numbers(x)).toEqual([0, 0, 0, 0]);
	});
});

test("a run that fails says which model, and every input's type and shape", async () => {
	const engine = await open();
	const graph = new Graph("misfit");
	const [a, b] = [graph.input("a", "float32", ["n"]), graph.input("b", "float32", ["m"])];
	graph.output("y", graph.node("Add", [a, b], [{ dtype: "float32", shape: ["n"] }])[0] ?? a);
	const model = await engine.model(graph);
	const feeds = { a: engine.tensor("float32", [3]), b: engine.tensor("float32", [4]) };
	await expect(model.run(feeds)).rejects.toMatchObject({
		code: "inference/run",
		message: expect.stringContaining("The model misfit failed on a float32[3], b float32[4]: "),
	});
	expect(numbers((await model.run({ a: feeds.a, b: feeds.a })).y)).toEqual([0, 0, 0]);
});

test("a model that cannot be loaded says which, and why", async () => {
	const engine = await open();
	await expect(engine.model(new Uint8Array(100), { name: "noise" })).rejects.toMatchObject({
		code: "inference/load",
		message: expect.stringMatching(/^The model noise cannot be loaded: .*protobuf/i),
	});
});

test("memory that there is not is an error, and nothing is left of it", async () => {
	const engine = await open();
	const used = engine.used;
	expect(() => engine.tensor("float32", [2 ** 30, 2 ** 18])).toThrow(
		expect.objectContaining({ code: "inference/memory" }),
	);
	expect(engine.used).toEqual(used);
});

test("a run that needs more memory than there is says so, and the next one is made", async () => {
	const engine = await open();
	const graph = new Graph("huge");
	const x = graph.input("x", "float32", ["n", 1]);
	graph.output("y", graph.matmul(x, graph.transpose(x, [1, 0])));
	const model = await engine.model(graph);
	await expect(model.run({ x: engine.tensor("float32", [2 ** 22, 1]) })).rejects.toMatchObject({
		code: "inference/memory",
		message: expect.stringContaining("There is not enough memory for huge with x float32[4194304,1]: "),
	});
	expect(numbers((await model.run({ x: engine.tensor("float32", [2, 1], [1, 2]) })).y)).toEqual([1, 2, 2, 4]);
});

test("models share weights that are handed in", async () => {
	const engine = await open();
	const graph = (name: string) => {
		const drawn = new Graph(name);
		const weight = drawn.constant("float32", [4, 4], new Float32Array(16));
		drawn.output("y", drawn.matmul(drawn.input("x", "float32", ["rows", 4]), weight));
		return { drawn, weight: weight.name };
	};
	const { drawn, weight } = graph("first");
	const shared = engine.tensor("float32", [4, 4], [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2]);
	const weights = new Map([[weight, shared]]);
	const models = [
		await engine.model(drawn, { weights }),
		await engine.model(graph("second").drawn, { weights, prepack: false }),
	];
	const x = engine.tensor("float32", [1, 4], [1, 2, 3, 4]);
	for (const model of models) expect(numbers((await model.run({ x })).y)).toEqual([2, 4, 6, 8]);
});

test("elements are copied in turn with the runs", async () => {
	const engine = await open();
	const model = await engine.model(increment());
	const [x, y] = [engine.tensor("float32", [1, 4]), engine.deviceTensor("float32", [4])];
	const running = model.run({ x }, { y: x });
	await engine.copy(x, y);
	await running;
	expect(numbers(y)).toEqual([1, 1, 1, 1]);
	await expect(engine.copy(x, engine.tensor("float32", [5]))).rejects.toMatchObject({ code: "inference/tensor" });
	await expect(engine.copy(x, engine.tensor("int32", [4]))).rejects.toMatchObject({ code: "inference/tensor" });
});
