/** The type of a tensor's elements. Safetensors, PyTorch and ONNX each have their own names for these. */
export type DType =
	| "float32"
	| "float16"
	| "bfloat16"
	| "float64"
	| "float8e4m3fn"
	| "int64"
	| "int32"
	| "int8"
	| "uint8"
	| "uint16"
	| "bool";

/** What is known of each type: its number in ONNX (`TensorProto.DataType`), and its size in bytes. */
export const DTYPES: Readonly<Record<DType, { readonly onnx: number; readonly bytes: number }>> = {
	float32: { onnx: 1, bytes: 4 },
	float16: { onnx: 10, bytes: 2 },
	bfloat16: { onnx: 16, bytes: 2 },
	float64: { onnx: 11, bytes: 8 },
	float8e4m3fn: { onnx: 17, bytes: 1 },
	int64: { onnx: 7, bytes: 8 },
	int32: { onnx: 6, bytes: 4 },
	int8: { onnx: 3, bytes: 1 },
	uint8: { onnx: 2, bytes: 1 },
	uint16: { onnx: 4, bytes: 2 },
	bool: { onnx: 9, bytes: 1 },
};
