import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { FILES, type SharedFiles, type TransformerSize } from "../../../pipelines/wan/artifacts.ts";
import type { DitConfig } from "../../../pipelines/wan/dit/config.ts";
import { VARIANTS } from "../../../pipelines/wan/variants.ts";
import { weight } from "../../golden/recipe.ts";
import { ditShapes, vaceShapes } from "./dit/shapes.ts";
import { taeShapes, umt5Shapes, wanVaeShapes } from "./shapes.ts";

/** Measures of a transformer that a test can run. */
export const TINY: DitConfig = {
	dim: 48,
	ffn: 64,
	heads: 2,
	layers: 2,
	inChannels: 16,
	outChannels: 16,
	frequencies: 256,
	textDim: 32,
	textLength: 16,
	eps: 1e-6,
	patch: 2,
};

/** The same with what sets Pocket apart: large patches and a stamp. */
export const TINY_POCKET: DitConfig = {
	...TINY,
	inChannels: 38,
	patch: 4,
	stamp: { shift: 0.3, scale: 0.25, turn: 0.35, octaves: 2, arms: 1 },
};

const CONFIGS: Readonly<Record<TransformerSize, DitConfig>> = { "1.3B": TINY, "14B": TINY, "7M": TINY_POCKET };

/** Names and shapes. */
type Tensors = Iterable<readonly [string, readonly number[]]>;

/** A folder of models as the fetched ones lie, but tiny, with weights made of their names. */
export interface TinyModels extends Disposable {
	readonly folder: string;
	/** Where a file lies. */
	readonly file: (artifact: { readonly repo: string; readonly file: string }) => string;
}

/** Writes the models of every pipeline of the family, and two LoRA files: `ink` and `rust`. */
export async function tinyModels(): Promise<TinyModels> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-tiny-"));
	const place = ({ repo, file }: { readonly repo: string; readonly file: string }) => {
		const path = join(folder, repo, file);
		mkdirSync(dirname(path), { recursive: true });
		return path;
	};
	const save = async (artifact: { readonly repo: string; readonly file: string }, shapes: Tensors, prefix = "") => {
		const tensors: Record<string, WrittenTensor> = {};
		for (const [name, shape] of shapes) {
			tensors[`${prefix}${name}`] = { dtype: "float32", shape, data: weight(name, shape) };
		}
		await writeSafetensors(place(artifact), tensors);
	};
	for (const { size, weights, adapter } of VARIANTS) {
		const prefix = weights.file.endsWith(".pt") ? "generator.model." : "model.";
		await save(weights, Object.entries(ditShapes(CONFIGS[size])), prefix);
		if (adapter) await saveLora(place(adapter), 4, "trained");
	}
	const text = { vocab: 1024, dim: TINY.textDim, hidden: 48, heads: 2, layers: 2 };
	const vaes = {
		wan: wanVaeShapes({ dim: 4 }),
		lightvae: wanVaeShapes({ dim: 2 }),
		tae: taeShapes({ encoder: 8, decoder: [16, 8, 8, 8] }),
		lighttae: taeShapes({ encoder: 8, decoder: [16, 8, 8, 8] }),
	};
	for (const size of ["1.3B", "14B", "7M"] as const) {
		const files: SharedFiles = FILES[size];
		writeFileSync(place(files.config), JSON.stringify(written(CONFIGS[size])));
		await save(files.vace, Object.entries(vaceShapes(CONFIGS[size], 2)));
		await save(files.text, umt5Shapes(text));
		copyFileSync("test/pipelines/wan/text/fixtures/unigram.tokenizer.json", place(files.tokenizer));
		for (const type of ["wan", "lightvae", "tae", "lighttae"] as const) {
			const vae = files.vaes[type];
			if (vae) await save(vae, vaes[type]);
		}
	}
	for (const name of ["ink", "rust"]) await saveLora(place({ repo: "lora", file: `${name}.safetensors` }), 2, name);
	return {
		folder,
		file: ({ repo, file }) => join(folder, repo, file),
		[Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** Measures in the words of config.json. */
export function written({ dim, ffn, heads, layers, inChannels, textDim, textLength, patch, stamp }: DitConfig): object {
	const sizes = { dim, ffn_dim: ffn, num_heads: heads, num_layers: layers, in_dim: inChannels };
	return { ...sizes, text_dim: textDim, text_len: textLength, patch, ...(stamp && { stamp }) };
}

/** An adapter over every linear layer of the blocks, as PEFT writes it. */
async function saveLora(path: string, rank: number, seed: string): Promise<void> {
	const tensors: Record<string, WrittenTensor> = {};
	for (const [name, shape] of Object.entries(ditShapes(TINY))) {
		if (!/^blocks\.\d+\.(self_attn\.[qkvo]|cross_attn\.[qkvo]|ffn\.[02])\.weight$/.test(name)) continue;
		const [outputs = 0, inputs = 0] = shape;
		const base = `base_model.model.${name.slice(0, -".weight".length)}`;
		const part = (key: string, dims: number[]) => ({
			dtype: "float32" as const,
			shape: dims,
			data: weight(`${seed}.${name}.${key}`, dims),
		});
		tensors[`${base}.lora_A.weight`] = part("down", [rank, inputs]);
		tensors[`${base}.lora_B.weight`] = part("up", [outputs, rank]);
	}
	await writeSafetensors(path, tensors);
}
