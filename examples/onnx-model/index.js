import { readFile } from "node:fs/promises";
import { definePipeline, definePlugin, z } from "mutoscope/sdk";

const params = z.object({
	model: z.string().default("").meta({ label: "Model", description: "Path of the ONNX file.", apply: "reload" }),
	size: z.int().min(8).max(2048).default(512).meta({ label: "Size", unit: "px", apply: "reload" }),
});

const pipeline = definePipeline({
	id: "onnx-model",
	title: "ONNX model",
	description: "Runs a model of yours over every frame: RGB from 0 to 1 in and out, [1, 3, height, width].",
	source: "Whatever the file is.",
	modes: ["video"],
	params,
	async open({ params: { model: file, size }, compute, frame }) {
		const { Engine } = await import("mutoscope/inference");
		await using opening = new AsyncDisposableStack();
		const engine = opening.use(await Engine.open(compute));
		const model = await engine.model(await readFile(file), { name: file });
		const [input, output] = [...model.inputs.keys(), ...model.outputs.keys()];
		const x = engine.tensor("float32", [1, 3, size, size]);
		const open = opening.move();
		return {
			input: { width: size, height: size },
			demand: () => ({ frames: 1, wait: true }),
			async generate({ frames: [given] }, _values, _turn, signal) {
				using source = given;
				for (let i = 0; i < size * size; i++) {
					for (let c = 0; c < 3; c++) x.data[c * size * size + i] = source.data[4 * i + c] / 255;
				}
				using y = (await model.run({ [input]: x }, {}, { signal }))[output];
				const [height, width] = y.dims.slice(-2);
				const made = frame({ width, height }, source.stamp);
				const pixels = new Uint8ClampedArray(made.data.buffer, made.data.byteOffset, made.data.length).fill(255);
				for (let i = 0; i < width * height; i++) {
					for (let c = 0; c < 3; c++) pixels[4 * i + c] = 255 * y.data[c * width * height + i];
				}
				return { frames: [made] };
			},
			[Symbol.asyncDispose]: () => open.disposeAsync(),
		};
	},
});

/** Any ONNX file that turns pictures into pictures, as a pipeline. */
export default definePlugin({
	id: "onnx-model",
	title: "ONNX model",
	description: "Brings a pipeline that runs an ONNX file of yours.",
	pipelines: [pipeline],
});
