import type { PipelineDefinition } from "mutoscope/sdk";
import passthrough from "./passthrough/index.ts";
import { wan } from "./wan/index.ts";

/** The pipelines that come with Mutoscope, by the folder that they are in. */
export const pipelines: Readonly<Record<string, readonly PipelineDefinition[]>> = { passthrough: [passthrough], wan };
