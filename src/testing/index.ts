/**
 * The contracts of guests, for any test runner.
 *
 * ```ts
 * for (const { name, skip, run } of pipelineContract(definition)) test.skipIf(skip)(name, run);
 * ```
 *
 * @module
 */
export { type BridgeTrial, sinkContract, sourceContract } from "./bridge.ts";
export type { Clause } from "./clause.ts";
export { type PipelineTrial, pipelineContract } from "./pipeline.ts";
export { type PluginTrial, pluginContract } from "./plugin.ts";
