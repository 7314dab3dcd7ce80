import type { BridgeDefinition } from "mutoscope/sdk";
import file from "./file/index.ts";
import ndi from "./ndi/index.ts";
import recording from "./recording/index.ts";
import still from "./still/index.ts";
import testCard from "./test-card/index.ts";
import webrtc from "./webrtc/index.ts";

/** The bridges that come with Mutoscope. Each is in the folder of its id. */
export const bridges: readonly BridgeDefinition[] = [testCard, file, webrtc, ndi, still, recording];
