import type { DType } from "./dtype.ts";
import type { AttentionForm, ProviderId } from "./providers/provider.ts";
import type { Tensor } from "./tensor.ts";

/** How an engine is opened. */
export interface EngineOptions {
	/** What computes; `auto`, the default, takes the fastest that works here. */
	readonly provider?: ProviderId | "auto";
	/** Type of activations. Default: the best that the provider computes rightly. */
	readonly dtype?: DType;
	/** Number of the device, for machines with several. */
	readonly device?: number;
	/** Threads of a model that computes on the CPU. Default: half of the logical cores. */
	readonly threads?: number | undefined;
	/** Another build of ONNX Runtime than the one that came along. */
	readonly library?: string | undefined;
	/** Settings of the provider, by their names in ONNX Runtime's documentation. */
	readonly options?: Readonly<Record<string, string>>;
}

/** How a model is loaded. */
export interface ModelOptions {
	/** Stands in errors. */
	readonly name?: string;
	/** Whether weights are laid out anew for the CPU: faster runs, but a copy of them in memory. Default true. */
	readonly prepack?: boolean;
	/** Tensors that stand in for the graph's initializers of these names. Models may share them; they have to outlive these. */
	readonly weights?: ReadonlyMap<string, Tensor>;
	readonly optimise?: "all" | "basic" | "none";
	readonly threads?: number;
	/** Where external data of a model given as bytes lies. Graphs know it themselves. */
	readonly folder?: string;
	/** Further settings, by their keys in onnxruntime_session_options_config_keys.h. */
	readonly config?: Readonly<Record<string, string>>;
}

/** A graph that can be written as ONNX: what `Graph` of this door is. */
export interface Drawn {
	readonly name: string;
	/** Files that it points into. */
	readonly files: readonly string[];
	encode(): Uint8Array;
}

/** What an engine computes on, and how models should be drawn for it. */
export interface ChosenProvider {
	readonly id: ProviderId;
	readonly attention: AttentionForm;
	/** Of activations. */
	readonly dtype: DType;
	/** Whether an output may be bound to an input's memory. */
	readonly inPlace: boolean;
	/** Better ways of attention that were passed over, and why. */
	readonly passed: readonly string[];
}
