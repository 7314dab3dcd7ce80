import { type Quantisation, quantise, Weights } from "mutoscope/inference";

/** Layers that hold nearly all weights and bear to have few bits: those of the blocks. */
const BEARING = /^blocks\.\d+\.((self|cross)_attn\.[qkvo]|ffn\.[02])\.weight$/;

/**
 * A transformer's weights with fewer bits in its blocks: 8 in columns for the CPU, half the time; 8 or 4 in blocks for the
 * others, half or a quarter of the memory. What stays as it is stays in its file; the rest is written to `file`.
 */
export async function withFewBits(weights: Weights, file: string, how: Quantisation): Promise<Weights> {
	const names = weights.names.filter((name) => BEARING.test(name));
	const small = await quantise(weights, names, file, how);
	const rest = weights.names.filter((name) => !BEARING.test(name));
	return Weights.of([...rest.map((name) => weights.get(name)), ...small.names.map((name) => small.get(name))]);
}
