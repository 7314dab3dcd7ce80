import { appendByName, appendCuda, appendTensorRt } from "./append.ts";
import type { ProviderEntry, ProviderId } from "./provider.ts";

/** A cache that a pipeline fills over hours must not grow the arena by powers of two. */
const CUDA = {
	arena_extend_strategy: "kSameAsRequested",
	cudnn_conv_algo_search: "HEURISTIC",
	do_copy_in_default_stream: "1",
};

/** The providers we know how to use. What each can do here is found out by `probe`. */
export const PROVIDERS: Readonly<Record<ProviderId, ProviderEntry>> = {
	cpu: {
		title: "CPU",
		compiled: "CPUExecutionProvider",
		platforms: ["linux", "darwin", "win32"],
		ways: [
			{ attention: "contrib", dtype: "float32" },
			{ attention: "plain", dtype: "float32" },
		],
		strict: false,
		alone: false,
		files: {},
		append: () => {},
	},
	cuda: {
		title: "CUDA",
		compiled: "CUDAExecutionProvider",
		platforms: ["linux", "win32"],
		memory: "Cuda",
		ways: [
			{ attention: "fused", dtype: "bfloat16" },
			{ attention: "fused", dtype: "float16" },
			{ attention: "plain", dtype: "float16" },
			{ attention: "plain", dtype: "float32" },
		],
		strict: true,
		alone: false,
		files: {
			linux: ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"],
			win32: ["onnxruntime_providers_shared.dll", "onnxruntime_providers_cuda.dll"],
		},
		append: (runtime, options, { device, options: more }) =>
			appendCuda(runtime, options, { device_id: String(device), ...CUDA, ...more }),
	},
	tensorrt: {
		title: "TensorRT",
		compiled: "TensorrtExecutionProvider",
		platforms: ["linux", "win32"],
		memory: "Cuda",
		ways: [
			{ attention: "plain", dtype: "float16" },
			{ attention: "plain", dtype: "float32" },
		],
		strict: false,
		alone: false,
		files: {
			linux: ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_tensorrt.so"],
			win32: ["onnxruntime_providers_shared.dll", "onnxruntime_providers_tensorrt.dll"],
		},
		append: (runtime, options, { device, options: more }) => {
			// What TensorRT has no layer for is computed by CUDA.
			appendTensorRt(runtime, options, { device_id: String(device), trt_fp16_enable: "1", ...more });
			appendCuda(runtime, options, { device_id: String(device), ...CUDA });
		},
	},
	webgpu: {
		title: "WebGPU",
		compiled: "WebGpuExecutionProvider",
		platforms: ["linux", "darwin", "win32"],
		memory: "WebGPU_Buf",
		ways: [
			{ attention: "contrib", dtype: "float16" },
			{ attention: "plain", dtype: "float16" },
			{ attention: "contrib", dtype: "float32" },
			{ attention: "plain", dtype: "float32" },
		],
		strict: true,
		alone: true,
		files: {},
		append: (runtime, options, { options: more }) => appendByName(runtime, options, "WebGPU", more),
	},
	dml: {
		title: "DirectML",
		compiled: "DmlExecutionProvider",
		platforms: ["win32"],
		ways: [
			{ attention: "contrib", dtype: "float16" },
			{ attention: "plain", dtype: "float16" },
			{ attention: "plain", dtype: "float32" },
		],
		strict: false,
		alone: true,
		files: { win32: ["DirectML.dll"] },
		append: (runtime, options, { device, options: more }) => {
			appendByName(runtime, options, "DML", { device_id: String(device), ...more });
		},
	},
	coreml: {
		title: "Core ML",
		compiled: "CoreMLExecutionProvider",
		platforms: ["darwin"],
		ways: [{ attention: "plain", dtype: "float32" }],
		strict: false,
		alone: false,
		files: {},
		append: (runtime, options, { options: more }) =>
			appendByName(runtime, options, "CoreML", { ModelFormat: "MLProgram", MLComputeUnits: "ALL", ...more }),
	},
};
