import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Engine, type Graph, type Tensor } from "../../../../src/inference/index.ts";
import { choose } from "../../../../src/inference/providers/choose.ts";
import { probe } from "../../../../src/inference/providers/probe.ts";
import { prove } from "../../../../src/inference/providers/proof.ts";

test("the CPU works, and is measured", async () => {
	const trial = await probe({ provider: "cpu", threads: 1 });
	expect(trial).toMatchObject({ works: true, attention: "contrib", dtype: "float32", passed: [] });
	expect(trial.works && trial.speed).toBeGreaterThan(0.1);
});

test("a device that ends its process ends only the trial", async () => {
	const program = fileURLToPath(new URL("dies.child.ts", import.meta.url));
	expect(await probe({ provider: "cpu" }, program)).toEqual({
		works: false,
		reason: "its trial ended with SIGSEGV: the driver is sorry",
		missing: [],
	});
});

test("a provider of another system says so", async () => {
	const provider = process.platform === "win32" ? "coreml" : "dml";
	expect(await probe({ provider })).toMatchObject({ works: false, reason: `there is none on ${process.platform}` });
	await expect(Engine.open({ provider })).rejects.toMatchObject({ code: "inference/provider" });
});

test("WebGPU works, or says why it does not", async () => {
	const trial = await probe({ provider: "webgpu" });
	if (trial.works) expect(["contrib", "plain"]).toContain(trial.attention);
	else expect(trial.reason).toMatch(/adapter|without it|did not end/);
});

test("what is chosen is what was fastest of what works", async () => {
	const { id, trials } = await choose({ threads: 1 });
	const speeds = trials.flatMap(({ id, trial }) => (trial.works ? [{ id, speed: trial.speed }] : []));
	const best = speeds.sort((a, b) => b.speed - a.speed)[0]?.id ?? "cpu";
	expect(id).toBe(best);
	await using engine = await Engine.open({ threads: 1 });
	expect(engine.provider.id).toBe(best);
});

test("attention that computes something else is not used", async () => {
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	const bench = {
		tensor: engine.tensor.bind(engine),
		deviceTensor: engine.deviceTensor.bind(engine),
		copy: engine.copy.bind(engine),
		model: async (graph: Graph, options: object) => {
			const model = await engine.model(graph, options);
			const run = model.run.bind(model);
			return Object.assign(model, {
				run: async (feeds: Record<string, Tensor>) => {
					const made = await run(feeds);
					if (made.y) made.y.data[1000] = 0.5 + Number(made.y.data[1000]);
					return made;
				},
			});
		},
	};
	await expect(prove(bench, "fused", "float32", true)).rejects.toThrow("its numbers are off by 0.50");
	await expect(prove(engine, "fused", "float32", true)).resolves.toBe(true);
	await expect(prove(engine, "plain", "bfloat16", true)).rejects.toMatchObject({ code: "inference/load" });
});
