import { readFile } from "node:fs/promises";
import { MutoscopeError, reasonOf } from "mutoscope/sdk";
import * as z from "zod";
import type { DitConfig } from "./config.ts";
import { stampChannels } from "./stamp.ts";

const size = z.int().min(1).max(65_536);
/** Further from the middle than any picture reaches. */
const far = z.number().min(0).max(8);
/** See `stamp.ts`. */
const stamp = z.strictObject({
	shift: far,
	scale: far,
	turn: far,
	octaves: z.int().min(0).max(16),
	arms: z.int().min(0).max(16),
});
/** As `config.json` of Wan's repositories has it; text_dim and patch are in the code there, and what comes after eps is ours. */
const schema = z.object({
	dim: size,
	ffn_dim: size,
	num_heads: size,
	num_layers: size,
	in_dim: size.default(16),
	out_dim: size.default(16),
	freq_dim: size.default(256),
	text_dim: size.default(4096),
	text_len: size.default(512),
	eps: z.number().positive().default(1e-6),
	patch: z.int().min(1).max(16).default(2),
	stamp: stamp.optional(),
	predicts: z.enum(["flow", "clean"]).default("flow"),
	window: z.int().min(1).max(64).optional(),
});

/** Longest file that is read. */
const MOST = 1 << 20;

/** Reads the measures of a transformer. Throws `wan/config`. */
export async function readConfig(file: string): Promise<DitConfig> {
	try {
		const text = await readFile(file, "utf8");
		if (text.length > MOST) throw new Error("it is far too long");
		const said = schema.parse(JSON.parse(text));
		const wanted = said.out_dim + stampChannels(said.stamp);
		if (said.in_dim !== wanted)
			throw new Error(`in_dim is ${said.in_dim}, and latents and stamp have ${wanted} channels`);
		return {
			dim: said.dim,
			ffn: said.ffn_dim,
			heads: said.num_heads,
			layers: said.num_layers,
			inChannels: said.in_dim,
			outChannels: said.out_dim,
			frequencies: said.freq_dim,
			textDim: said.text_dim,
			textLength: said.text_len,
			eps: said.eps,
			patch: said.patch,
			...(said.stamp && { stamp: said.stamp }),
			predicts: said.predicts,
			...(said.window !== undefined && { window: said.window }),
		};
	} catch (error) {
		throw new MutoscopeError("wan/config", { file, reason: reasonOf(error) }, { cause: error });
	}
}
