import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DType } from "mutoscope/inference";
import type { Artifact } from "mutoscope/sdk";
import { FILES as SHARED } from "../../pipelines/wan/artifacts.ts";
import { WAN_1_3B } from "../../pipelines/wan/dit/config.ts";
import { VARIANTS } from "../../pipelines/wan/variants.ts";
import { ditShapes } from "../pipelines/wan/dit/shapes.ts";
import { umt5Shapes, wanVaeShapes } from "../pipelines/wan/shapes.ts";
import { TINY, written } from "../pipelines/wan/tiny-models.ts";
import { writeRandom } from "./random.ts";

/** Names of the files in a folder of random models. */
const FILES = {
	config: "config.json",
	dit: "dit.safetensors",
	text: "text.safetensors",
	tokenizer: "tokenizer.json",
	vae: "vae.safetensors",
} as const;

/** What is encoded. */
export const PROMPT =
	"Another prompt of some length, so that there is something to be read: a lake at night, and lanterns on it";

/** A small tokenizer. Prompts have more tokens than with the released one. */
export const TOKENS = new URL("../pipelines/wan/text/fixtures/unigram.tokenizer.json", import.meta.url);

/** The released file of UMT5-XXL keeps norms and tables at 16 bits. */
const eightBits = (name: string): DType => (/norm|embedding/.test(name) ? "bfloat16" : "float8e4m3fn");

/**
 * Writes random models into a folder: of the shapes of Wan 2.1 1.3B, its autoencoder and UMT5-XXL, some 9 GB; or `tiny` ones,
 * which any machine can run.
 */
export async function writeModels(folder: string, tiny: boolean): Promise<void> {
	await mkdir(folder, { recursive: true });
	const config = tiny ? TINY : WAN_1_3B;
	await writeFile(join(folder, FILES.config), JSON.stringify(written(config)));
	await writeRandom(join(folder, FILES.dit), Object.entries(ditShapes(config)));
	await writeRandom(join(folder, FILES.vae), wanVaeShapes(tiny ? { dim: 4 } : {}));
	const text = tiny ? { vocab: 1024, dim: config.textDim, hidden: 48, heads: 2, layers: 2 } : {};
	await writeRandom(join(folder, FILES.text), umt5Shapes(text), eightBits);
	await copyFile(TOKENS, join(folder, FILES.tokenizer));
}

/** Where a pipeline's files lie in such a folder. All transformers of a size are one file. */
export function modelFile(folder: string): (artifact: Artifact) => string {
	const known = new Map<string, string>();
	const add = ({ repo, file }: Artifact, name: string) => known.set(`${repo}/${file}`, join(folder, name));
	const { config, text, tokenizer, vaes } = SHARED["1.3B"];
	add(config, FILES.config);
	for (const { weights } of VARIANTS) add(weights, FILES.dit);
	add(text, FILES.text);
	add(tokenizer, FILES.tokenizer);
	add(vaes.wan, FILES.vae);
	return ({ repo, file }) => {
		const path = known.get(`${repo}/${file}`);
		if (path === undefined) throw new RangeError(`there is no random ${repo}/${file}`);
		return path;
	};
}
