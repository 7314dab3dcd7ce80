import { type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { weight } from "../../golden/recipe.ts";
import { raftShapes } from "./shapes.ts";

/** Writes a model with weights made of their names. Variances are positive, as no recipe for names makes them. */
export async function writeRaft(file: string, size: "small" | "large"): Promise<void> {
	const tensors: Record<string, WrittenTensor> = {};
	for (const [name, shape] of raftShapes(size)) {
		const made = weight(name, shape);
		tensors[name] = { dtype: "float32", shape, data: name.endsWith("running_var") ? made.map(Math.abs) : made };
	}
	await writeSafetensors(file, tensors);
}
