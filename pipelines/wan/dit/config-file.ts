import { readFile } from "node:fs/promises";
import { MutoscopeError, reasonOf } from "mutoscope/sdk";
import * as z from "zod";
import type { DitConfig } from "./config.ts";

const size = z.int().min(1).max(65_536);
/** As `config.json` of Wan's repositories has it; text_dim is in the code there. */
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
});

/** Longest file that is read. */
const MOST = 1 << 20;

/** Reads the measures of a transformer. Throws `wan/config`. */
export async function readConfig(file: string): Promise<DitConfig> {
	try {
		const text = await readFile(file, "utf8");
		if (text.length > MOST) throw new Error("it is far too long");
		const said = schema.parse(JSON.parse(text));
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
		};
	} catch (error) {
		throw new MutoscopeError("wan/config", { file, reason: reasonOf(error) }, { cause: error });
	}
}
