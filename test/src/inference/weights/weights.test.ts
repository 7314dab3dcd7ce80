import { type WeightRef, Weights } from "mutoscope/inference";
import { expect, test } from "vitest";

const ref = (name: string, shape: readonly number[] = [2, 3]): WeightRef => ({
	name,
	dtype: "float32",
	shape,
	file: "/a.safetensors",
	offset: 8,
	length: 24,
});
const names = ["model.blocks.0.q.weight", "model.blocks.0.q.bias", "model.head.weight"];
const weights = Weights.of(names.map((name) => ref(name)));

test("a tensor that is missing is named, with the files that were looked at", () => {
	expect(() => weights.get("model.tail")).toThrow(
		expect.objectContaining({
			code: "weight/missing",
			message: "The weights in /a.safetensors have no tensor called model.tail.",
		}),
	);
	expect(() => Weights.of([]).get("a")).toThrow(/in no file/);
});

test("a tensor of another shape is refused with both shapes", () => {
	expect(weights.get("model.head.weight", [2, 3]).shape).toEqual([2, 3]);
	expect(() => weights.get("model.head.weight", [3, 2])).toThrow(
		expect.objectContaining({
			code: "weight/shape",
			message: "The tensor model.head.weight of /a.safetensors is [2, 3], not [3, 2].",
		}),
	);
});

test("what nobody knows is listed, but not at length", () => {
	weights.only([...names, "more"]);
	expect(() => weights.only([names[0] as string])).toThrow(
		/2 tensors that nobody knows: model.blocks.0.q.bias, model.head.weight/,
	);
	const many = Weights.of(Array.from({ length: 99 }, (_, i) => ref(`t${i}`)));
	expect(() => many.only([])).toThrow(/99 tensors that nobody knows: t0, t1, t2, t3, t4, …/);
});

test("names below a prefix, and names of another kind", () => {
	const block = weights.under("model.blocks.0.");
	expect(block.names).toEqual(["q.weight", "q.bias"]);
	expect(block.get("q.bias")).toEqual({ ...ref("model.blocks.0.q.bias"), name: "q.bias" });
	expect(weights.under("nothing").names).toEqual([]);
	const renamed = weights.rename((name) => (name.endsWith("bias") ? undefined : name.toUpperCase()));
	expect(renamed.names).toEqual(["MODEL.BLOCKS.0.Q.WEIGHT", "MODEL.HEAD.WEIGHT"]);
	expect(renamed.has("MODEL.HEAD.WEIGHT")).toBe(true);
});

test("two tensors never get one name", () => {
	expect(() => weights.rename(() => "same")).toThrow(TypeError);
	expect(() => Weights.of([ref("a"), ref("a")])).toThrow(TypeError);
});
