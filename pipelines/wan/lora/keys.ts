/** What a tensor of an adapter file is to its module: one of the two factors, their strength, or a difference. */
export type LoraPart = "down" | "up" | "alpha" | "diff" | "bias" | "dora";

/** A key of an adapter file, understood. */
export interface LoraKey {
	/** The module as the checkpoint calls it, without `.weight`: `blocks.0.self_attn.q`. */
	readonly module: string;
	readonly part: LoraPart;
}

/** Endings, the longer ones first where one ends in another. PEFT puts the adapter's name before `.weight`. */
const ENDINGS: readonly (readonly [RegExp, LoraPart])[] = [
	[/[._]lora[._](?:A|down)(?:\.default)?(?:\.weight)?$/, "down"],
	[/[._]lora[._](?:B|up)(?:\.default)?(?:\.weight)?$/, "up"],
	[/\.(?:dora_scale|lora_magnitude_vector(?:\.default)?(?:\.weight)?)$/, "dora"],
	[/\.alpha$/, "alpha"],
	[/\.diff_b$/, "bias"],
	[/\.diff$/, "diff"],
];

/** What trainers put before a module's name, in the order it is taken away. */
const PREFIXES = ["base_model.model.", "diffusion_model.", "transformer.", "model."];

/** Kohya's prefix: after it, dots are written as underscores. */
const KOHYA = /^lora_unet_+/;

/** Names in which an underscore is an underscore. */
const WITH_UNDERSCORES =
	/\b(self|cross|text|time|patch|to|condition|norm|img|linear|proj)\.(attn|embedding|embedder|projection|q|k|v|out|proj|emb|1|2)\b/g;

/** What diffusers calls its modules, and what the checkpoint does. */
const DIFFUSERS: readonly (readonly [RegExp, string])[] = [
	[/\.attn1\./, ".self_attn."],
	[/\.attn2\./, ".cross_attn."],
	[/\.to_([qkv])$/, ".$1"],
	[/\.to_out\.0$/, ".o"],
	[/\.ffn\.net\.0\.proj$/, ".ffn.0"],
	[/\.ffn\.net\.2$/, ".ffn.2"],
	[/^condition_embedder\.text_embedder\.linear_1$/, "text_embedding.0"],
	[/^condition_embedder\.text_embedder\.linear_2$/, "text_embedding.2"],
	[/^condition_embedder\.time_embedder\.linear_1$/, "time_embedding.0"],
	[/^condition_embedder\.time_embedder\.linear_2$/, "time_embedding.2"],
	[/^condition_embedder\.time_proj$/, "time_projection.1"],
	[/^proj_out$/, "head.head"],
];

/**
 * Reads a key of an adapter for Wan 2.1, in any of the ways it is written: plain and PEFT, ai-toolkit and ComfyUI, kohya and
 * musubi-tuner, diffusers, and those of LongLive and MemFlow. `undefined` if it is none of a low-rank adapter.
 */
export function readKey(key: string): LoraKey | undefined {
	for (const [ending, part] of ENDINGS) {
		const match = ending.exec(key);
		if (match) return { module: moduleOf(key.slice(0, match.index)), part };
	}
	return undefined;
}

function moduleOf(name: string): string {
	let module = name;
	for (const prefix of PREFIXES) if (module.startsWith(prefix)) module = module.slice(prefix.length);
	if (KOHYA.test(module)) module = dotted(module.replace(KOHYA, ""));
	return DIFFUSERS.reduce((named, [theirs, ours]) => named.replace(theirs, ours), module);
}

function dotted(name: string): string {
	return name.replaceAll("_", ".").replace(WITH_UNDERSCORES, "$1_$2");
}
