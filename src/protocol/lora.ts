import * as z from "zod";

/** Where a LoRA came from; Scope's names. */
export const provenance = z.object({
	source: z.enum(["huggingface", "civitai", "url", "local"]),
	repo_id: z.string().max(200).nullish(),
	hf_filename: z.string().max(500).nullish(),
	model_id: z.string().max(50).nullish(),
	version_id: z.string().max(50).nullish(),
	url: z.string().max(2000).nullish(),
});
export type Provenance = z.output<typeof provenance>;

/** A LoRA file on the daemon's machine. */
export interface LoraFile {
	/** File name without its ending: what it is called in addresses. */
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	/** Sub-folder of the LoRA folder; empty for the folder itself. */
	readonly folder: string;
	readonly sha256: string;
	readonly provenance: Provenance;
	/** Whether it came with a package, and can be neither described nor deleted. */
	readonly readOnly?: boolean;
}
