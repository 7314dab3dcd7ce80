import { existsSync } from "node:fs";
import type { PipelineDefinition } from "mutoscope/sdk";
import gray from "./gray/index.ts";
import opticalFlow from "./optical-flow/index.ts";
import passthrough from "./passthrough/index.ts";
import rife from "./rife/index.ts";
import scribble from "./scribble/index.ts";
import videoDepthAnything from "./video-depth-anything/index.ts";
import { wan } from "./wan/index.ts";

/** The pipelines that come with Mutoscope, by the folder that they are in. */
export const pipelines: Readonly<Record<string, readonly PipelineDefinition[]>> = {
	gray: [gray],
	"optical-flow": [opticalFlow],
	passthrough: [passthrough],
	rife: [rife],
	scribble: [scribble],
	"video-depth-anything": [videoDepthAnything],
	// A model that should lie in the package is offered once its description is there.
	wan: wan.filter(({ artifacts: [config] = [] }) => !config?.shipped || existsSync(new URL(config.shipped))),
};
