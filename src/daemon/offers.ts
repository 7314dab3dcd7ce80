import type { BridgeDefinition } from "../contract/bridge.ts";
import type { BridgeOffer, PipelineOffer } from "../server/backend.ts";
import { type Catalogue, schemaOf } from "./catalogue.ts";
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
		return [...this.#catalogue.pipelines.values()].map(({ definition, plugin }) => {
			const { id, title, description, source, modes, params } = definition;
			return { id, title, description, source, modes, schema: schemaOf(params), ...(plugin ? { plugin } : {}) };
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
		return this.#catalogue.bridgesWith("sink").map(({ definition }) => this.#sink(definition));
	}

	#sink({ id, title, description, sink }: BridgeDefinition): BridgeOffer {
		return { id, title, description, schema: schemaOf(sink?.params), ...this.#availability(id) };
	}

	#availability(id: string): Pick<BridgeOffer, "available" | "reason"> {
		const reason = this.#unavailable.get(id);
		return reason === undefined ? { available: true } : { available: false, reason };
	}
}
