import type { BridgeOffer, PipelineOffer } from "../server/backend.ts";
import { type Catalogue, EMPTY_SCHEMA } from "./catalogue.ts";
import { sourceKinds } from "./parts.ts";

/** What may be chosen, as clients are told. */
export class Offers {
	readonly #catalogue: Catalogue;
	/** Why a bridge cannot work on this machine, by its id. */
	#unavailable: ReadonlyMap<string, string> = new Map();

	constructor(catalogue: Catalogue) {
		this.#catalogue = catalogue;
	}

	/** The bridges were probed. */
	probed(unavailable: ReadonlyMap<string, string>): void {
		this.#unavailable = unavailable;
	}

	pipelines(): PipelineOffer[] {
		return [...this.#catalogue.pipelines.values()].map(({ guest, plugin }) => {
			const { id, title, description, source, modes, schema, usage, artifacts } = guest;
			const needsFiles = artifacts.length > 0;
			return { id, title, description, source, modes, schema, usage, needsFiles, ...(plugin ? { plugin } : {}) };
		});
	}

	sources(): BridgeOffer[] {
		return sourceKinds(this.#catalogue).map(({ id, title, description, schema }) => ({
			id,
			title,
			description,
			schema,
			...this.#availability(id),
		}));
	}

	sinks(): BridgeOffer[] {
		return this.#catalogue.bridgesWith("sink").map(({ guest }) => {
			const { id, title, description, sink = EMPTY_SCHEMA } = guest;
			return { id, title, description, schema: sink, ...this.#availability(id) };
		});
	}

	#availability(id: string): Pick<BridgeOffer, "available" | "reason"> {
		const reason = this.#unavailable.get(id);
		return reason === undefined ? { available: true } : { available: false, reason };
	}
}
