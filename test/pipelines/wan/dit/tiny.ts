import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Weights, writeSafetensors } from "mutoscope/inference";
import type { DitConfig } from "../../../../pipelines/wan/dit/config.ts";
import { weight } from "../../../golden/recipe.ts";
import type { Shapes } from "./shapes.ts";

/** The transformer of the JSON vectors. */
export const TINY: DitConfig = {
	dim: 24,
	ffn: 32,
	heads: 2,
	layers: 2,
	inChannels: 4,
	outChannels: 4,
	frequencies: 8,
	textDim: 6,
	textLength: 5,
	eps: 1e-6,
	patch: 2,
};

/** Weights made of their names, in a file of its own. `remove` takes the file away. */
export async function madeWeights(shapes: Shapes): Promise<{ weights: Weights; remove: () => Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-dit-"));
	const file = join(folder, "weights.safetensors");
	const tensors = Object.entries(shapes).map(
		([name, shape]) => [name, { dtype: "float32", shape, data: weight(name, shape) }] as const,
	);
	await writeSafetensors(file, Object.fromEntries(tensors));
	return { weights: await Weights.open(file), remove: () => rm(folder, { recursive: true }) };
}
