import { expect, test } from "vitest";
import { OrtFailure } from "../../../../src/inference/ort/failure.ts";

const arena =
	"Non-zero status code returned while running FusedMatMul node. Name:'blocks.0/MatMul' Status Message: " +
	"/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, " +
	"bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 17592186044416";
const adapter =
	"/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(" +
	"const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == " +
	"wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n";

const library =
	"/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1844 onnxruntime::Provider& " +
	"onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library " +
	"libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file";

test.each([
	[
		library,
		"Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file",
	],
	[arena, "FusedMatMul blocks.0/MatMul: Failed to allocate memory for requested buffer of size 17592186044416"],
	[adapter, "Failed to get a WebGPU adapter: No supported adapters"],
	["No graph was found in the protobuf.", "No graph was found in the protobuf"],
])("what the runtime said is told without its sources: %#", (said, told) => {
	expect(new OrtFailure(1, said).message).toBe(told);
});

test.each([
	[arena, true],
	["std::bad_alloc", true],
	["CUDA failure 2: out of memory ; GPU=0", true],
	["CUBLAS_STATUS_ALLOC_FAILED", true],
	[adapter, false],
	["Invalid feed input name", false],
])("want of memory is told from other failures: %#", (said, memory) => {
	expect(new OrtFailure(1, said).memory).toBe(memory);
});
