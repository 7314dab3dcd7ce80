import type { KoffiFunc } from "koffi";
import { koffi } from "../../media/native.ts";

/** A pointer of the runtime. It never leaves `src/inference`. */
export type Pointer = bigint;

/** What nearly every call answers: nothing, or a status that has to be read and released. */
export type Status = Pointer | null;

/** An argument that C reads or writes through a pointer: a handle, memory of the runtime, or a buffer that outlives the call. */
type Reference = Pointer | ArrayBufferView | null;

/** A call that is also made from a thread of libuv's pool. */
type Slow<Arguments extends unknown[]> = KoffiFunc<(...values: Arguments) => Status>;

/** The functions of `OrtApi` that we call, by their names in onnxruntime_c_api.h. */
export interface OrtFunctions {
	GetErrorCode(status: Pointer): number;
	GetErrorMessage(status: Pointer): string;
	CreateEnv(level: number, name: string, out: Reference): Status;
	DisableTelemetryEvents(env: Pointer): Status;
	CreateSessionOptions(out: Reference): Status;
	SetSessionLogSeverityLevel(options: Pointer, level: number): Status;
	SetSessionGraphOptimizationLevel(options: Pointer, level: number): Status;
	SetIntraOpNumThreads(options: Pointer, threads: number): Status;
	DisableMemPattern(options: Pointer): Status;
	SessionGetInputCount(session: Pointer, out: Reference): Status;
	SessionGetOutputCount(session: Pointer, out: Reference): Status;
	SessionGetInputTypeInfo(session: Pointer, index: number, out: Reference): Status;
	SessionGetOutputTypeInfo(session: Pointer, index: number, out: Reference): Status;
	SessionGetInputName(session: Pointer, index: number, allocator: Pointer, out: Reference): Status;
	SessionGetOutputName(session: Pointer, index: number, allocator: Pointer, out: Reference): Status;
	CreateRunOptions(out: Reference): Status;
	RunOptionsSetTerminate(options: Pointer): Status;
	RunOptionsUnsetTerminate(options: Pointer): Status;
	CreateTensorAsOrtValue(allocator: Pointer, dims: Reference, rank: number, type: number, out: Reference): Status;
	CreateTensorWithDataAsOrtValue(
		memory: Pointer,
		data: Pointer,
		bytes: number,
		dims: Reference,
		rank: number,
		type: number,
		out: Reference,
	): Status;
	GetTensorMutableData(value: Pointer, out: Reference): Status;
	CastTypeInfoToTensorInfo(info: Pointer, out: Reference): Status;
	GetTensorElementType(info: Pointer, out: Reference): Status;
	GetDimensionsCount(info: Pointer, out: Reference): Status;
	GetDimensions(info: Pointer, dims: Reference, rank: number): Status;
	GetSymbolicDimensions(info: Pointer, names: Reference, rank: number): Status;
	GetTensorTypeAndShape(value: Pointer, out: Reference): Status;
	CreateMemoryInfo(name: string, allocator: number, id: number, memory: number, out: Reference): Status;
	AllocatorFree(allocator: Pointer, memory: Pointer): Status;
	GetAllocatorWithDefaultOptions(out: Reference): Status;
	ReleaseStatus(status: Pointer): void;
	ReleaseMemoryInfo(info: Pointer): void;
	ReleaseSession: KoffiFunc<(session: Pointer) => void>;
	ReleaseValue(value: Pointer): void;
	ReleaseRunOptions(options: Pointer): void;
	ReleaseTypeInfo(info: Pointer): void;
	ReleaseTensorTypeAndShapeInfo(info: Pointer): void;
	ReleaseSessionOptions(options: Pointer): void;
	GetAvailableProviders(names: Reference, count: Reference): Status;
	ReleaseAvailableProviders(names: Pointer, count: number): Status;
	AddSessionConfigEntry(options: Pointer, key: string, value: string): Status;
	CreateAllocator(session: Pointer, info: Pointer, out: Reference): Status;
	ReleaseAllocator(allocator: Pointer): void;
	RunWithBinding: Slow<[session: Pointer, options: Pointer, binding: Pointer]>;
	CreateIoBinding(session: Pointer, out: Reference): Status;
	ReleaseIoBinding(binding: Pointer): void;
	BindInput: Slow<[binding: Pointer, name: string, value: Pointer]>;
	BindOutput(binding: Pointer, name: string, value: Pointer): Status;
	BindOutputToDevice(binding: Pointer, name: string, info: Pointer): Status;
	GetBoundOutputValues(binding: Pointer, allocator: Pointer, values: Reference, count: Reference): Status;
	ClearBoundInputs(binding: Pointer): void;
	ClearBoundOutputs(binding: Pointer): void;
	AddInitializer(options: Pointer, name: string, value: Pointer): Status;
	CreatePrepackedWeightsContainer(out: Reference): Status;
	ReleasePrepackedWeightsContainer(container: Pointer): void;
	CreateSessionFromArrayWithPrepackedWeightsContainer: Slow<
		[env: Pointer, bytes: Pointer, length: number, options: Pointer, container: Pointer, out: Pointer]
	>;
	AppendTensorRT(options: Pointer, provider: Pointer): Status;
	CreateTensorRTProviderOptions(out: Reference): Status;
	UpdateTensorRTProviderOptions(
		provider: Pointer,
		keys: readonly string[],
		values: readonly string[],
		count: number,
	): Status;
	ReleaseTensorRTProviderOptions(provider: Pointer): void;
	AppendCUDA(options: Pointer, provider: Pointer): Status;
	CreateCUDAProviderOptions(out: Reference): Status;
	UpdateCUDAProviderOptions(
		provider: Pointer,
		keys: readonly string[],
		values: readonly string[],
		count: number,
	): Status;
	ReleaseCUDAProviderOptions(provider: Pointer): void;
	AppendExecutionProvider(
		options: Pointer,
		name: string,
		keys: readonly string[],
		values: readonly string[],
		count: number,
	): Status;
	CopyTensors: Slow<[env: Pointer, from: Reference, to: Reference, stream: null, count: number]>;
}

const P = "void *";
/** Handles travel as integers, which koffi passes without looking at them. */
const H = "uint64_t";
const TEXT = "const char *";
const TEXTS = "const char **";

/** Place in `OrtApi`, what it returns, what it takes. The struct only ever grows at its end. */
const TABLE: Readonly<Record<keyof OrtFunctions, readonly [place: number, result: string, takes: readonly string[]]>> =
	{
		GetErrorCode: [1, "int", [H]],
		GetErrorMessage: [2, TEXT, [H]],
		CreateEnv: [3, P, ["int", TEXT, P]],
		DisableTelemetryEvents: [6, P, [H]],
		CreateSessionOptions: [10, P, [P]],
		DisableMemPattern: [17, P, [H]],
		SetSessionLogSeverityLevel: [22, P, [H, "int"]],
		SetSessionGraphOptimizationLevel: [23, P, [H, "int"]],
		SetIntraOpNumThreads: [24, P, [H, "int"]],
		SessionGetInputCount: [30, P, [H, P]],
		SessionGetOutputCount: [31, P, [H, P]],
		SessionGetInputTypeInfo: [33, P, [H, "size_t", P]],
		SessionGetOutputTypeInfo: [34, P, [H, "size_t", P]],
		SessionGetInputName: [36, P, [H, "size_t", H, P]],
		SessionGetOutputName: [37, P, [H, "size_t", H, P]],
		CreateRunOptions: [39, P, [P]],
		RunOptionsSetTerminate: [46, P, [H]],
		RunOptionsUnsetTerminate: [47, P, [H]],
		CreateTensorAsOrtValue: [48, P, [H, P, "size_t", "int", P]],
		CreateTensorWithDataAsOrtValue: [49, P, [H, H, "size_t", P, "size_t", "int", P]],
		GetTensorMutableData: [51, P, [H, P]],
		CastTypeInfoToTensorInfo: [55, P, [H, P]],
		GetTensorElementType: [60, P, [H, P]],
		GetDimensionsCount: [61, P, [H, P]],
		GetDimensions: [62, P, [H, P, "size_t"]],
		GetSymbolicDimensions: [63, P, [H, P, "size_t"]],
		GetTensorTypeAndShape: [65, P, [H, P]],
		CreateMemoryInfo: [68, P, [TEXT, "int", "int", "int", P]],
		AllocatorFree: [76, P, [H, H]],
		GetAllocatorWithDefaultOptions: [78, P, [P]],
		ReleaseStatus: [93, "void", [H]],
		ReleaseMemoryInfo: [94, "void", [H]],
		ReleaseSession: [95, "void", [H]],
		ReleaseValue: [96, "void", [H]],
		ReleaseRunOptions: [97, "void", [H]],
		ReleaseTypeInfo: [98, "void", [H]],
		ReleaseTensorTypeAndShapeInfo: [99, "void", [H]],
		ReleaseSessionOptions: [100, "void", [H]],
		GetAvailableProviders: [125, P, [P, P]],
		ReleaseAvailableProviders: [126, P, [H, "int"]],
		AddSessionConfigEntry: [130, P, [H, TEXT, TEXT]],
		CreateAllocator: [131, P, [H, H, P]],
		ReleaseAllocator: [132, "void", [H]],
		RunWithBinding: [133, P, [H, H, H]],
		CreateIoBinding: [134, P, [H, P]],
		ReleaseIoBinding: [135, "void", [H]],
		BindInput: [136, P, [H, TEXT, H]],
		BindOutput: [137, P, [H, TEXT, H]],
		BindOutputToDevice: [138, P, [H, TEXT, H]],
		GetBoundOutputValues: [140, P, [H, H, P, P]],
		ClearBoundInputs: [141, "void", [H]],
		ClearBoundOutputs: [142, "void", [H]],
		AddInitializer: [150, P, [H, TEXT, H]],
		CreatePrepackedWeightsContainer: [166, P, [P]],
		ReleasePrepackedWeightsContainer: [167, "void", [H]],
		CreateSessionFromArrayWithPrepackedWeightsContainer: [169, P, [H, H, "size_t", H, H, H]],
		AppendTensorRT: [170, P, [H, H]],
		CreateTensorRTProviderOptions: [171, P, [P]],
		UpdateTensorRTProviderOptions: [172, P, [H, TEXTS, TEXTS, "size_t"]],
		ReleaseTensorRTProviderOptions: [174, "void", [H]],
		AppendCUDA: [204, P, [H, H]],
		CreateCUDAProviderOptions: [205, P, [P]],
		UpdateCUDAProviderOptions: [206, P, [H, TEXTS, TEXTS, "size_t"]],
		ReleaseCUDAProviderOptions: [208, "void", [H]],
		AppendExecutionProvider: [216, P, [H, TEXT, TEXTS, TEXTS, "size_t"]],
		CopyTensors: [386, P, [H, P, P, P, "size_t"]],
	};

/** Binds the functions of an `OrtApi` that lies at this address. */
export function bindFunctions(api: Pointer): OrtFunctions {
	const bound = Object.entries(TABLE).map(([name, [place, result, takes]]) => {
		const address: unknown = koffi.decode(api, place * 8, P);
		return [name, koffi.decode(address, koffi.proto(null, result, [...takes]))] as const;
	});
	return Object.fromEntries(bound) as unknown as OrtFunctions;
}
