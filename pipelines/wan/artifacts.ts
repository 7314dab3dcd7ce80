import type { Artifact } from "mutoscope/sdk";

/*
 * The repositories and files are those that Daydream Scope names, mirrors of the authors' own. No hash is pinned: the hub
 * states one for every large file, which is checked, and kept beside it.
 */

const BASE = "daydreamlive/Wan2.1-T2V-1.3B";
const SHARED = "daydreamlive/WanVideo_comfy";
const AUTOENCODERS = "daydreamlive/Autoencoders";

/** UMT5-XXL, in 8-bit floats. */
export const TEXT_ENCODER: Artifact = { repo: SHARED, file: "umt5-xxl-enc-fp8_e4m3fn.safetensors" };

/** Its tokenizer. */
export const TOKENIZER: Artifact = { repo: BASE, file: "google/umt5-xxl/tokenizer.json" };

/** Autoencoders by `/vae/type`. */
export const VAES = {
	wan: { repo: BASE, file: "Wan2.1_VAE.pth", when: { "/vae/type": ["wan"] } },
	lightvae: { repo: AUTOENCODERS, file: "lightvaew2_1.pth", when: { "/vae/type": ["lightvae"] } },
	tae: { repo: AUTOENCODERS, file: "taew2_1.pth", when: { "/vae/type": ["tae"] } },
	lighttae: { repo: AUTOENCODERS, file: "lighttaew2_1.pth", when: { "/vae/type": ["lighttae"] } },
} as const satisfies Record<string, Artifact>;

/** The module that VACE adds to each size of the transformer. */
export const VACE = {
	"1.3B": { repo: SHARED, file: "Wan2_1-VACE_module_1_3B_bf16.safetensors", when: { "/vace/enabled": [true] } },
	"14B": { repo: SHARED, file: "Wan2_1-VACE_module_14B_bf16.safetensors", when: { "/vace/enabled": [true] } },
} as const satisfies Record<string, Artifact>;
