/**
 * The front door for models: graphs, weights, and the engine that runs them.
 *
 * @module
 */
export { ModelBySize } from "./by-size.ts";
export { DTYPES, type DType } from "./dtype.ts";
export type { Elements } from "./elements.ts";
export { Engine } from "./engine.ts";
export type { Port } from "./feeds.ts";
export type { AttentionOptions, RotaryOptions } from "./graph/attention.ts";
export type { ConvOptions, ConvTransposeOptions, PoolOptions } from "./graph/convolution.ts";
export type { Dim } from "./graph/dims.ts";
export { Graph } from "./graph/graph.ts";
export type { GemmOptions } from "./graph/linear.ts";
export type { GridSampleOptions, ResizeOptions } from "./graph/picture.ts";
export type { Attribute, Operand, Value } from "./graph/value.ts";
export { Layers } from "./layers.ts";
export { Model, type Place, type RunOptions } from "./model.ts";
export type { ChosenProvider, Drawn, EngineOptions, ModelOptions } from "./options.ts";
export type { AttentionForm, ProviderId } from "./providers/provider.ts";
export { Tensor } from "./tensor.ts";
export { type Quantisation, quantise } from "./weights/quantise.ts";
export type { WeightRef } from "./weights/ref.ts";
export { type OpenOptions, Weights } from "./weights/weights.ts";
export { type WrittenTensor, writeSafetensors } from "./weights/write-safetensors.ts";
