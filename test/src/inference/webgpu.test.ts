import { Engine, Graph, type Tensor } from "mutoscope/inference";
import { expect, test } from "vitest";
import { probe } from "../../../src/inference/providers/probe.ts";

const trial = await probe({ provider: "webgpu" });
const skipped = trial.works ? "" : ` (skipped: ${trial.reason})`;

function doubling(length: number): Graph {
	const g = new Graph("doubling");
	g.output("y", g.mul(g.input("x", "float32", [length]), 2));
	return g;
}

test.skipIf(!trial.works)(
	`what a model has left on the device goes with it, after who reads it${skipped}`,
	async () => {
		await using engine = await Engine.open({ provider: "webgpu", dtype: "float32" });
		for (let length = 1000; length < 1400; length += 37) {
			const [first, second] = await Promise.all([engine.model(doubling(length)), engine.model(doubling(length))]);
			using x = engine.tensor("float32", [length], new Float32Array(length).fill(3));
			const { y } = (await first.run({ x }, {}, { place: "device" })) as { y: Tensor };
			const reading = second.run({ x: y });
			await first[Symbol.asyncDispose]();
			using read = (await reading).y as Tensor;
			expect(read.data[length - 1]).toBe(12);
			expect(() => engine.view(y, [1])).toThrow(expect.objectContaining({ code: "inference/tensor" }));
			y.dispose();
		}
		expect(engine.used.tensors).toBe(0);
	},
);
