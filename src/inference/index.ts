/**
 * The front door for models: graphs, weights, and the engine that runs them.
 *
 * @module
 */
export type { DType } from "./dtype.ts";
export type { Elements } from "./elements.ts";
export {
	type ChosenProvider,
	type Drawn,
	Engine,
	type EngineOptions,
	type ModelOptions,
} from "./engine.ts";
export type { Port } from "./feeds.ts";
export { Model, type Place, type RunOptions } from "./model.ts";
export type { AttentionForm, ProviderId } from "./providers/provider.ts";
export { Tensor } from "./tensor.ts";
