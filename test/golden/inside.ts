import { type Engine, Graph, type Tensor, type Value } from "mutoscope/inference";

/** The values of these names as a graph is drawn: an observer that names them as outputs, in float32. */
export function watching(names: Iterable<string>): (graph: Graph, name: string, value: Value) => void {
	const wanted = new Set(names);
	return (graph, name, value) => {
		if (wanted.has(name)) graph.output(`inside/${name}`, graph.cast(value, "float32"));
	};
}

/** Runs a graph once: the elements of all float32 outputs, those inside it under their own names. */
export async function runOnce(
	engine: Engine,
	graph: Graph,
	feeds: Readonly<Record<string, Tensor>>,
): Promise<ReadonlyMap<string, Float32Array>> {
	await using model = await engine.model(graph);
	const outputs = new Map<string, Float32Array>();
	for (const [name, tensor] of Object.entries(await model.run(feeds))) {
		if (tensor.dtype === "float32") outputs.set(name.replace("inside/", ""), (tensor.data as Float32Array).slice());
		tensor.dispose();
	}
	return outputs;
}

/** The elements of a tensor as float32, wherever it lies and whatever its type. It stays the caller's. */
export async function floatsOf(engine: Engine, tensor: Tensor): Promise<Float32Array> {
	const graph = new Graph("floats");
	const x = graph.input("x", tensor.dtype, tensor.dims);
	graph.output("floats", graph.cast(x, "float32"));
	return (await runOnce(engine, graph, { x: tensor })).get("floats") ?? new Float32Array();
}
