import type { CaseKind } from "./case.ts";
import { kind as maskEncoding } from "./cases/mask-encoding.ts";
import { kind as noiseController } from "./cases/noise-controller.ts";
import { kind as promptBlending } from "./cases/prompt-blending.ts";
import { kind as schedulers } from "./cases/schedulers.ts";

/** Every kind of golden case. For each config exactly one `matches`. */
export const kinds: readonly CaseKind[] = [maskEncoding, noiseController, promptBlending, schedulers];
