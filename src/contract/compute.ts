/** What models compute on, as the config file says. `Engine.open` of `mutoscope/inference` takes it as it is. */
export interface ComputeChoice {
	readonly provider?: "auto" | "cpu" | "cuda" | "tensorrt" | "webgpu" | "dml" | "coreml";
	/** Number of the graphics card. */
	readonly device?: number;
	/** Threads of a model that computes on the CPU. */
	readonly threads?: number;
	/** Path of another build of ONNX Runtime. */
	readonly library?: string;
	/** Settings of the provider, by their names in ONNX Runtime's documentation. */
	readonly options?: Readonly<Record<string, string>>;
}
