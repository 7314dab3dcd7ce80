import type { Artifact } from "mutoscope/sdk";
import { pocket, pocketLoras } from "./shipped.ts";
import type { VaeType } from "./vae/open.ts";

/*
 * The repositories and files are those that Daydream Scope names, mirrors of the authors' own. No hash is pinned: the hub
 * states one for every large file, which is checked, and kept beside it.
 */

/** The sizes of transformers, by their parameters. */
export type TransformerSize = "1.3B" | "14B" | "7M";

/** What all transformers of a size share. */
export interface SharedFiles {
	/** What describes the transformer. */
	readonly config: Artifact;
	readonly tokenizer: Artifact;
	readonly text: Artifact;
	/** Autoencoders by `/vae/type`. */
	readonly vaes: Readonly<Partial<Record<VaeType, Artifact>>>;
	/** The module that VACE adds. */
	readonly vace: Artifact;
	/** Adapters that came with it: of the repository `lora`, in a folder of their own. */
	readonly loras: readonly Artifact[];
}

const BASE = "daydreamlive/Wan2.1-T2V-1.3B";
const SHARED = "daydreamlive/WanVideo_comfy";
const AUTOENCODERS = "daydreamlive/Autoencoders";
const GUIDED = { "/vace/enabled": [true] };

const WAN = {
	tokenizer: { repo: BASE, file: "google/umt5-xxl/tokenizer.json" },
	// UMT5-XXL, in 8-bit floats.
	text: { repo: SHARED, file: "umt5-xxl-enc-fp8_e4m3fn.safetensors" },
	vaes: {
		wan: { repo: BASE, file: "Wan2.1_VAE.pth", when: { "/vae/type": ["wan"] } },
		lightvae: { repo: AUTOENCODERS, file: "lightvaew2_1.pth", when: { "/vae/type": ["lightvae"] } },
		tae: { repo: AUTOENCODERS, file: "taew2_1.pth", when: { "/vae/type": ["tae"] } },
		lighttae: { repo: AUTOENCODERS, file: "lighttaew2_1.pth", when: { "/vae/type": ["lighttae"] } },
	},
	loras: [],
} as const satisfies Partial<SharedFiles>;

/** The files of each size, the transformer's own weights apart. */
export const FILES = {
	"1.3B": {
		...WAN,
		config: { repo: BASE, file: "config.json" },
		vace: { repo: SHARED, file: "Wan2_1-VACE_module_1_3B_bf16.safetensors", when: GUIDED },
	},
	"14B": {
		...WAN,
		config: { repo: "daydreamlive/Wan2.1-T2V-14B", file: "config.json" },
		vace: { repo: SHARED, file: "Wan2_1-VACE_module_14B_bf16.safetensors", when: GUIDED },
	},
	"7M": {
		config: pocket("config.json"),
		tokenizer: pocket("tokenizer.json"),
		text: pocket("text-encoder.safetensors"),
		vaes: { tae: pocket("tae.safetensors") },
		vace: { ...pocket("vace.safetensors"), when: GUIDED },
		loras: pocketLoras(),
	},
} as const satisfies Record<TransformerSize, SharedFiles>;

/** Those of a variant's size. */
export function filesOf({ size }: { readonly size: TransformerSize }): SharedFiles {
	return FILES[size];
}
