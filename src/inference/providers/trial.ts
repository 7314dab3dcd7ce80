import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import { Engine } from "../engine.ts";
import { loadRuntime } from "../ort/runtime.ts";
import { missingLibraries } from "./missing.ts";
import type { Candidate, Trial } from "./probe.ts";
import { gauge } from "./proof.ts";
import { PROVIDERS } from "./table.ts";

/** Opens an engine, lets it prove itself, and measures it. A driver may end the process in doing so. */
export async function tryProvider(candidate: Candidate): Promise<Trial> {
	try {
		const missing = missingLibraries(loadRuntime(candidate.library), PROVIDERS[candidate.provider]);
		if (missing.length > 0) return { works: false, reason: `${missing.join(", ")} cannot be found`, missing };
		await using engine = await Engine.open(candidate);
		const { attention, dtype, passed } = engine.provider;
		return { works: true, attention, dtype, passed, speed: await gauge(engine, dtype) };
	} catch (error) {
		const { reason = reasonOf(error) } = error instanceof MutoscopeError ? error.details : {};
		return { works: false, reason: String(reason), missing: [] };
	}
}
