import { expect, test } from "vitest";
import { configSchema } from "../../src/config.ts";
import { devices } from "../../src/devices.ts";

const inference = (given: object) => configSchema.parse({ inference: given }).inference;

test("the doctor says what models compute on, why, and what each other provider lacks", async () => {
	const [models, ...others] = await devices(inference({ provider: "cpu", threads: 1 }));
	expect(models).toMatchObject({ what: "Models", state: "ok" });
	expect(models?.said).toMatch(
		/^compute on CPU, asked for by `inference\.provider`: contrib attention in float32, .* GFLOP\/s; ONNX Runtime 1\.30\.0$/,
	);
	if (process.platform === "linux") {
		expect(others.map(({ what }) => what)).toEqual(["CUDA", "TensorRT", "WebGPU"]);
	}
	expect(others.every(({ state }) => state === "note")).toBe(true);
});

test("what was asked for and does not work is missing", async () => {
	const provider = process.platform === "win32" ? "coreml" : "dml";
	const [models] = await devices(inference({ provider }));
	expect(models).toMatchObject({ state: "missing", said: expect.stringContaining("there is none on") });
});

test("a library that is no ONNX Runtime is missing", async () => {
	const [models] = await devices(inference({ library: import.meta.filename }));
	expect(models).toMatchObject({ state: "missing", remedy: expect.stringContaining("inference.library") });
});
