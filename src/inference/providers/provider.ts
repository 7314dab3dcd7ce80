import type { DType } from "../dtype.ts";
import type { Pointer } from "../ort/functions.ts";
import type { Runtime } from "../ort/runtime.ts";

/** What computes: an execution provider of ONNX Runtime. */
export type ProviderId = "cpu" | "cuda" | "tensorrt" | "webgpu" | "dml" | "coreml";

/** How attention is written for a provider: ONNX's operator, that of com.microsoft, or MatMul and Softmax. */
export type AttentionForm = "fused" | "contrib" | "plain";

/** What is asked of a provider. */
export interface ProviderRequest {
	/** Number of the device, for machines with several. */
	readonly device: number;
	/** Settings by their names in ONNX Runtime's documentation, over ours. */
	readonly options: Readonly<Record<string, string>>;
}

/** What is known of a provider before it is tried. */
export interface ProviderEntry {
	readonly title: string;
	/** Its name in `GetAvailableProviders`. */
	readonly compiled: string;
	/** Where it exists at all. */
	readonly platforms: readonly NodeJS.Platform[];
	/** The name of its memory for `OrtMemoryInfo`; none where it computes in the host's. */
	readonly memory?: string;
	/** Ways to compute attention, the best first. The first that a self-test finds right is taken. */
	readonly ways: readonly { readonly attention: AttentionForm; readonly dtype: DType }[];
	/** Whether all of a self-test has to run on it, none on the CPU. */
	readonly strict: boolean;
	/** Whether nothing else may be asked of its device while it loads a model. */
	readonly alone: boolean;
	/** Files of the library's folder that it needs. */
	readonly files: Partial<Record<NodeJS.Platform, readonly string[]>>;
	/** Adds it to the settings of a session. Throws `OrtFailure`. */
	readonly append: (runtime: Runtime, options: Pointer, request: ProviderRequest) => void;
}
