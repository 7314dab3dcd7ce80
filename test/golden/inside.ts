import type { Engine, Graph, Tensor, Value } from "mutoscope/inference";

/** The values of these names as a graph is drawn: an observer that names them as outputs. */
export function watching(names: Iterable<string>): (graph: Graph, name: string, value: Value) => void {
	const wanted = new Set(names);
	return (graph, name, value) => {
		if (wanted.has(name)) graph.output(`inside/${name}`, value);
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
