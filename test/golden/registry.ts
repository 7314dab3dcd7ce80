import type { CaseKind } from "./case.ts";

/** Every kind of golden case. For each config exactly one `matches`. */
export const kinds: readonly CaseKind[] = [];
