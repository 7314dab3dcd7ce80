import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import type { DType } from "../dtype.ts";
import { Engine } from "../engine.ts";
import type { EngineOptions } from "../options.ts";
import { loadRuntime } from "../ort/runtime.ts";
import { missingLibraries } from "./missing.ts";
import { gauge } from "./proof.ts";
import type { AttentionForm, ProviderId } from "./provider.ts";
import { PROVIDERS } from "./table.ts";

/** What came of trying a provider. */
export type Trial =
	| {
			readonly works: true;
			readonly attention: AttentionForm;
			readonly dtype: DType;
			/** Products and sums of a product of matrices, 10⁹ a second. */
			readonly speed: number;
			/** Better ways of attention that were passed over, and why. */
			readonly passed: readonly string[];
	  }
	| {
			readonly works: false;
			readonly reason: string;
			/** Libraries that have to be installed, by name. */
			readonly missing: readonly string[];
			readonly hint?: string;
	  };

/** What is tried. */
export type Candidate = EngineOptions & { readonly provider: ProviderId };

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
