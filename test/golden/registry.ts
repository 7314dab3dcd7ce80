import type { CaseKind } from "./case.ts";
import { kind as schedulers } from "./cases/schedulers.ts";

/** Every kind of golden case. For each config exactly one `matches`. */
export const kinds: readonly CaseKind[] = [schedulers];
