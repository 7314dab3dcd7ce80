import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Weights, type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { onTestFinished } from "vitest";
import { weight } from "../../golden/recipe.ts";
import type { Shapes } from "./sparse.ts";

/** A folder that is gone after the test. */
export async function scratch(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** The path of a file of weights that the golden recipe makes from their names, gone after the test. */
export async function madeFile(shapes: Shapes): Promise<string> {
	const file = join(await scratch(), "weights.safetensors");
	await writeMade(file, shapes);
	return file;
}

/** Writes a file of weights that the golden recipe makes from their names. */
export async function writeMade(file: string, shapes: Shapes): Promise<void> {
	const tensors: Record<string, WrittenTensor> = {};
	for (const [name, shape] of shapes) tensors[name] = { dtype: "float32", shape, data: weight(name, shape) };
	await writeSafetensors(file, tensors);
}

/** Weights that the golden recipe makes from their names. */
export async function madeWeights(shapes: Shapes): Promise<Weights> {
	return await Weights.open(await madeFile(shapes));
}
