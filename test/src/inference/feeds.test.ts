import { afterAll, beforeAll, expect, test } from "vitest";
import { Engine, Graph, type Model } from "../../../src/inference/index.ts";

let engine: Engine;
let model: Model;
beforeAll(async () => {
	engine = await Engine.open({ provider: "cpu", threads: 1 });
	const graph = new Graph("cached");
	const past = graph.input("past", "float32", [1, "past", 8]);
	const next = graph.input("next", "float32", [1, "tokens", 8]);
	const mask = graph.input("mask", "float32", ["past+tokens"]);
	graph.output("sum", graph.concat([past, next], 1));
	graph.output("mask2", graph.add(mask, graph.scalar(1)));
	model = await engine.model(graph);
});
afterAll(() => engine[Symbol.asyncDispose]());

const feeds = (past: number, tokens: number, mask: number) => ({
	past: engine.tensor("float32", [1, past, 8]),
	next: engine.tensor("float32", [1, tokens, 8]),
	mask: engine.tensor("float32", [mask]),
});

test("feeds that fit run", async () => {
	expect((await model.run(feeds(2, 3, 5))).sum?.dims).toEqual([1, 5, 8]);
});

test.each([
	["missing", () => ({ past: engine.tensor("float32", [1, 2, 8]) }), "the input next is missing"],
	[
		"too many",
		() => ({ ...feeds(2, 3, 5), more: engine.tensor("float32", [1]) }),
		"it has no input more, only past, next, mask",
	],
	[
		"another type",
		() => ({ ...feeds(2, 3, 5), past: engine.tensor("float16", [1, 2, 8]) }),
		"the input past is float16[1,2,8] where float32[1,past,8] is wanted: the type is not float32",
	],
	[
		"another rank",
		() => ({ ...feeds(2, 3, 5), next: engine.tensor("float32", [3, 8]) }),
		"the input next is float32[3,8] where float32[1,tokens,8] is wanted: it has 2 axes and not 3",
	],
	[
		"another length",
		() => ({ ...feeds(2, 3, 5), next: engine.tensor("float32", [1, 3, 9]) }),
		"the input next is float32[1,3,9] where float32[1,tokens,8] is wanted: axis 2 is 9 and not 8",
	],
	["lengths that do not add up", () => feeds(2, 3, 6), "the input mask is float32[6]: past+tokens is 5 and not 6"],
])("%s is refused before anything runs, with every input", async (_, given, reason) => {
	const refused = model.run(given());
	await expect(refused).rejects.toMatchObject({ code: "inference/shape" });
	await expect(refused).rejects.toThrow(/^The model cached cannot take past float(32|16)\[1,2,8\]/);
	await expect(refused).rejects.toThrow(`: ${reason}.`);
});

test("an output that does not fit is refused too", async () => {
	const sum = engine.tensor("float32", [1, 4, 8]);
	await expect(model.run(feeds(2, 3, 5), { sum })).rejects.toThrow(
		"the output sum is float32[1,4,8] where float32[1,past+tokens,8] is wanted",
	);
	await expect(model.run(feeds(2, 3, 5), { other: sum })).rejects.toThrow("it has no output other, only sum, mask2");
});
