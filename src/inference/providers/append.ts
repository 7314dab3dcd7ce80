import { given } from "../ort/call.ts";
import { check } from "../ort/failure.ts";
import type { OrtFunctions, Pointer } from "../ort/functions.ts";
import type { Runtime } from "../ort/runtime.ts";

type Settings = Readonly<Record<string, string>>;

/** Adds a provider that takes its settings by name. Throws `OrtFailure`. */
export function appendByName({ functions }: Runtime, options: Pointer, name: string, settings: Settings): void {
	const keys = Object.keys(settings);
	check(functions, functions.AppendExecutionProvider(options, name, keys, Object.values(settings), keys.length));
}

/** Adds CUDA. Loads its libraries, and throws `OrtFailure` where one is missing. */
export function appendCuda(runtime: Runtime, options: Pointer, settings: Settings): void {
	const { CreateCUDAProviderOptions, UpdateCUDAProviderOptions, AppendCUDA, ReleaseCUDAProviderOptions } =
		runtime.functions;
	appendWith(
		runtime,
		{
			create: CreateCUDAProviderOptions,
			update: UpdateCUDAProviderOptions,
			append: AppendCUDA,
			release: ReleaseCUDAProviderOptions,
		},
		options,
		settings,
	);
}

/** Adds TensorRT. Loads its libraries, and throws `OrtFailure` where one is missing. */
export function appendTensorRt(runtime: Runtime, options: Pointer, settings: Settings): void {
	const {
		CreateTensorRTProviderOptions,
		UpdateTensorRTProviderOptions,
		AppendTensorRT,
		ReleaseTensorRTProviderOptions,
	} = runtime.functions;
	appendWith(
		runtime,
		{
			create: CreateTensorRTProviderOptions,
			update: UpdateTensorRTProviderOptions,
			append: AppendTensorRT,
			release: ReleaseTensorRTProviderOptions,
		},
		options,
		settings,
	);
}

interface Calls {
	readonly create: OrtFunctions["CreateCUDAProviderOptions"];
	readonly update: OrtFunctions["UpdateCUDAProviderOptions"];
	readonly append: OrtFunctions["AppendCUDA"];
	readonly release: OrtFunctions["ReleaseCUDAProviderOptions"];
}

function appendWith(runtime: Runtime, calls: Calls, options: Pointer, settings: Settings): void {
	const { functions } = runtime;
	const provider = given(runtime, (out) => calls.create(out));
	try {
		const keys = Object.keys(settings);
		check(functions, calls.update(provider, keys, Object.values(settings), keys.length));
		check(functions, calls.append(options, provider));
	} finally {
		calls.release(provider);
	}
}
