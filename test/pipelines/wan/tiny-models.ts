import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { TEXT_ENCODER, TOKENIZER, VACE, VAES } from "../../../pipelines/wan/artifacts.ts";
import type { DitConfig } from "../../../pipelines/wan/dit/config.ts";
import { CONFIGS, VARIANTS } from "../../../pipelines/wan/variants.ts";
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
	const { dim, ffn, heads, layers, textDim, textLength } = TINY;
	for (const config of Object.values(CONFIGS)) {
		const said = { dim, ffn_dim: ffn, num_heads: heads, num_layers: layers, text_dim: textDim, text_len: textLength };
		writeFileSync(place(config), JSON.stringify(said));
	}
	for (const { weights, adapter } of VARIANTS) {
		await save(weights, Object.entries(ditShapes(TINY)), weights.file.endsWith(".pt") ? "generator.model." : "model.");
		if (adapter) await saveLora(place(adapter), 4, "trained");
	}
	for (const vace of Object.values(VACE)) await save(vace, Object.entries(vaceShapes(TINY, 2)));
	await save(TEXT_ENCODER, umt5Shapes({ vocab: 1024, dim: textDim, hidden: 48, heads: 2, layers: 2 }));
	copyFileSync("test/pipelines/wan/text/fixtures/unigram.tokenizer.json", place(TOKENIZER));
	await save(VAES.wan, wanVaeShapes({ dim: 4 }));
	await save(VAES.lightvae, wanVaeShapes({ dim: 2 }));
	for (const tae of [VAES.tae, VAES.lighttae]) await save(tae, taeShapes({ encoder: 8, decoder: [16, 8, 8, 8] }));
	for (const name of ["ink", "rust"]) await saveLora(place({ repo: "lora", file: `${name}.safetensors` }), 2, name);
	return {
		folder,
		file: ({ repo, file }) => join(folder, repo, file),
		[Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
	};
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
