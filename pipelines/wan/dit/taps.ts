import { type Engine, Graph, type Tensor } from "mutoscope/inference";

/** Takes what was tapped out of a model's outputs. */
export function drainTaps(outputs: Readonly<Record<string, Tensor>>): Record<string, Float32Array> {
	const taps: Record<string, Float32Array> = {};
	for (const [name, tensor] of Object.entries(outputs)) {
		if (!name.startsWith("tap.")) continue;
		taps[name.slice("tap.".length)] = (tensor.data as Float32Array).slice();
		tensor.dispose();
	}
	return taps;
}

/** The values of a tensor, wherever it lies and of whatever type, in fp32. */
export async function readFloats(engine: Engine, tensor: Tensor): Promise<Float32Array> {
	const graph = new Graph("floats");
	graph.output("floats", graph.cast(graph.input("x", tensor.dtype, tensor.dims), "float32"));
	await using model = await engine.model(graph);
	using floats = (await model.run({ x: tensor })).floats as Tensor;
	return (floats.data as Float32Array).slice();
}
