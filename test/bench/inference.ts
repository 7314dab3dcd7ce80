import type { Emit } from "./emit.ts";
import { ditFigures } from "./inference-dit.ts";
import { engineFigures } from "./inference-engine.ts";
import { stageFigures } from "./inference-stages.ts";
import { vaeFigures } from "./inference-vae.ts";

/** Running models: what the engine costs, and what models do. */
export async function run(emit: Emit): Promise<void> {
	await engineFigures(emit);
	await ditFigures(emit);
	await vaeFigures(emit);
	await stageFigures(emit);
}
