import { MutoscopeError } from "../base/errors.ts";
import type { PipelineOffer } from "./backend.ts";

/** A chain of pipelines as Scope's clients load it: one that makes the pictures, and stages before and after it. */
export interface Chain {
	/** The pipeline that makes the pictures. */
	readonly main: string;
	/** Which stages are on and which are off, and how those are turned; `at` is the session's address. */
	changes(
		at: string,
		given: (id: string) => Readonly<Record<string, unknown>> | undefined,
	): readonly (readonly [string, unknown])[];
}

/**
 * Reads the ids of a chain. Its generator is the one that is no pre- or postprocessor, else the last.
 *
 * Throws `request/invalid-field` for none or several generators, `pipeline/unknown`.
 */
export function chainOf(ids: readonly string[], offers: readonly PipelineOffer[]): Chain {
	const offered = ids.map((id) => {
		const offer = offers.find((offer) => offer.id === id);
		if (!offer) throw new MutoscopeError("pipeline/unknown", { pipeline: id });
		return offer;
	});
	const generators = offered.filter(({ usage }) => usage.length === 0);
	const main = generators[0] ?? offered.at(-1);
	if (!main || generators.length > 1) {
		const reason = main ? `${generators.map(({ id }) => id).join(" and ")} both make pictures` : "none is named";
		throw new MutoscopeError("request/invalid-field", { field: "pipeline_ids", reason });
	}
	const stages = offers.filter(({ usage }) => usage.length > 0);
	return {
		main: main.id,
		changes: (at, given) =>
			stages.flatMap(({ id, schema }) => {
				const on = id !== main.id && ids.includes(id);
				const known = (schema.properties ?? {}) as object;
				const turned = Object.entries(on ? (given(id) ?? {}) : {}).filter(([key]) => Object.hasOwn(known, key));
				const own = turned.map(([key, value]) => [`${at}/stage/${id}/${key}`, value] as const);
				return [[`${at}/stage/${id}/enabled`, on] as const, ...own];
			}),
	};
}
