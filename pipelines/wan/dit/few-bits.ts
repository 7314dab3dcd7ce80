import { createHash } from "node:crypto";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Quantisation, quantise, Weights } from "mutoscope/inference";
import { ensureRoom, placeOf } from "../lora/shelf.ts";

/** Layers that hold nearly all weights and bear to have few bits: those of the blocks. */
const BEARING = /^blocks\.\d+\.((self|cross)_attn\.[qkvo]|ffn\.[02])\.weight$/;

/**
 * A transformer's weights with fewer bits in its blocks: 8 in columns for the CPU, half the time; 8 or 4 in blocks for the
 * others, half or a quarter of the memory. What stays as it is stays in its file; the rest is written to `file`.
 */
export async function withFewBits(weights: Weights, file: string, how: Quantisation): Promise<Weights> {
	const names = weights.names.filter((name) => BEARING.test(name));
	const known = await access(file).then(
		() => true,
		() => false,
	);
	const small = known ? await Weights.open(file) : await quantise(weights, names, file, how);
	const rest = weights.names.filter((name) => !BEARING.test(name));
	return Weights.of([...rest.map((name) => weights.get(name)), ...small.names.map((name) => small.get(name))]);
}

/** The same, kept in a folder of its own and found again as long as the files of the weights are the same. */
export async function keptWithFewBits(weights: Weights, folder: string, how: Quantisation): Promise<Weights> {
	const refs = weights.names.map((name) => weights.get(name));
	const files = [...new Set(refs.map(({ file }) => file))];
	const state = await Promise.all(
		files.map(async (file) => [file, (await stat(file)).size, (await stat(file)).mtimeMs]),
	);
	const key = createHash("sha256")
		.update(JSON.stringify([how, state]))
		.digest("hex")
		.slice(0, 32);
	const place = await placeOf(folder, key);
	const elements = refs.filter(({ name }) => BEARING.test(name)).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
	const file = join(place, "blocks.safetensors");
	await ensureRoom(
		place,
		file,
		elements.reduce((a, b) => a + b, 0),
	);
	return withFewBits(weights, file, how);
}
