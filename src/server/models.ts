import type { LoraFile, Provenance } from "../protocol/lora.ts";
import type { DownloadStatus } from "../protocol/messages.ts";

/** A file that a pipeline may need, as clients are told. */
export interface ModelFile {
	readonly repo: string;
	readonly file: string;
	/** `checked`: fetched here and verified; `placed`: put there by hand, or by the package that it came with; `partial`: a fetch was stopped. */
	readonly state: "missing" | "partial" | "placed" | "checked";
	/** Whether it is needed as the pipeline is turned now. */
	readonly needed: boolean;
	/** Whether it comes with the package, and cannot be fetched. */
	readonly shipped?: boolean;
	/** Length, as far as it is known. */
	readonly bytes?: number;
	/** What it was found to be when it was fetched. */
	readonly sha256?: string;
}

/** How a pipeline's files stand. */
export interface ModelFiles {
	readonly pipeline: string;
	/** Whether everything is there that is needed now. */
	readonly downloaded: boolean;
	readonly files: readonly ModelFile[];
	readonly download?: DownloadStatus;
}

/** The files of pipelines. */
export interface Models {
	/** Throws `pipeline/unknown`. */
	files(pipeline: string): ModelFiles;
	/** Throws `pipeline/unknown`, `artifact/busy`. */
	download(pipeline: string, all: boolean): DownloadStatus;
	/** Whether there was something to stop. */
	cancel(pipeline: string): Promise<boolean>;
}

/** A LoRA to be fetched. */
export interface LoraWish {
	readonly source: "huggingface" | "civitai" | "url";
	readonly repo_id?: string | undefined;
	readonly hf_filename?: string | undefined;
	readonly model_id?: string | undefined;
	readonly version_id?: string | undefined;
	readonly url?: string | undefined;
	readonly filename?: string | undefined;
	readonly subfolder?: string | undefined;
	readonly expected_sha256?: string | undefined;
}

/** The folder of LoRA files. */
export interface Loras {
	list(): Promise<readonly LoraFile[]>;
	/** Fetches one. Throws `artifact/…`. */
	fetch(wish: LoraWish, signal: AbortSignal): Promise<LoraFile>;
	/** Throws `artifact/missing`. */
	remove(name: string): Promise<void>;
	/** Throws `artifact/missing`. */
	describe(name: string, said: Provenance): Promise<LoraFile>;
}
