import type { CaseKind } from "./case.ts";
import { kind as chunkLoop } from "./cases/chunk-loop.ts";
import { kind as dit } from "./cases/dit.ts";
import { kind as kv } from "./cases/kv.ts";
import { kind as lora } from "./cases/lora.ts";
import { kind as maskEncoding } from "./cases/mask-encoding.ts";
import { kind as noiseController } from "./cases/noise-controller.ts";
import { kind as promptBlending } from "./cases/prompt-blending.ts";
import { kind as rollout } from "./cases/rollout.ts";
import { kind as schedulers } from "./cases/schedulers.ts";
import { kind as taehv } from "./cases/taehv.ts";
import { kind as umt5 } from "./cases/umt5.ts";
import { kind as vace } from "./cases/vace.ts";
import { kind as vaceCausal } from "./cases/vace-causal.ts";
import { kind as vaeDecode } from "./cases/vae-decode.ts";
import { kind as vaeEncode } from "./cases/vae-encode.ts";
import { kind as videoDepth } from "./cases/video-depth.ts";

/** Every kind of golden case. For each config exactly one `matches`. */
export const kinds: readonly CaseKind[] = [
	chunkLoop,
	dit,
	kv,
	lora,
	maskEncoding,
	noiseController,
	promptBlending,
	rollout,
	schedulers,
	taehv,
	umt5,
	vaeDecode,
	vaeEncode,
	vace,
	vaceCausal,
	videoDepth,
];
