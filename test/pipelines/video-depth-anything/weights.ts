import { join } from "node:path";
import { type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { weight } from "../../golden/recipe.ts";
import { type DepthWidths, depthShapes, timePositions } from "./shapes.ts";

/** The path of a model with weights made of their names, in a folder. */
export async function madeDepth(folder: string, widths?: DepthWidths): Promise<string> {
	const tensors: Record<string, WrittenTensor> = {};
	for (const [name, shape] of depthShapes(widths)) {
		const data = name.endsWith(".pe") ? timePositions(shape[2] ?? 0) : weight(name, shape);
		tensors[name] = { dtype: "float32", shape, data };
	}
	const file = join(folder, "depth.safetensors");
	await writeSafetensors(file, tensors);
	return file;
}
