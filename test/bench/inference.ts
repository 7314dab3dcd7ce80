import type { Emit } from "./emit.ts";
import { engineFigures } from "./inference-engine.ts";

/** Running models: what the engine costs. */
export async function run(emit: Emit): Promise<void> {
	await engineFigures(emit);
}
