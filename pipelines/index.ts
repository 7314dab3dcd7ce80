import type { PipelineDefinition } from "mutoscope/sdk";
import passthrough from "./passthrough/index.ts";

/** The pipelines that come with Mutoscope. Each is in the folder of its id. */
export const pipelines: readonly PipelineDefinition[] = [passthrough];
