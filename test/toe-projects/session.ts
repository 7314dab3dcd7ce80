import { bridges } from "../../bridges/index.ts";
import { wan } from "../../pipelines/wan/index.ts";
import { plugins } from "../../plugins/index.ts";
import { Catalogue } from "../../src/daemon/catalogue.ts";
import { sourceKinds, sourceSchema, switches } from "../../src/daemon/parts.ts";
import { jsonSchemaOf } from "../../src/params/schema.ts";
import { ParamStore } from "../../src/params/store.ts";
import { paramInfoOf } from "../../src/protocol/info.ts";
import { sessionParams, transportParams } from "../../src/session/params.ts";

/** The parameters of a daemon's session `main` that plays `pipeline`, by the schemas that the daemon mounts. */
export class Session {
	readonly store = new ParamStore();
	readonly #catalogue = new Catalogue();

	constructor(pipeline: string) {
		for (const guest of [...bridges, ...wan, ...plugins]) this.#catalogue.add(guest, "file:///guest");
		const { store } = this;
		store.mount("/main/session", jsonSchemaOf(sessionParams));
		store.mount("/main/transport", jsonSchemaOf(transportParams));
		for (const [part, schema] of switches(this.#catalogue)) store.mount(`/main${part}`, schema);
		this.play(pipeline);
		this.#take("none");
		store.watch(({ values }) => {
			if (values.has("/main/source/kind")) this.#take(String(values.get("/main/source/kind")));
		});
	}

	/** Another pipeline. */
	play(pipeline: string): void {
		this.store.mount("/main", this.#catalogue.pipeline(pipeline).guest.schema);
	}

	#take(kind: string): void {
		const kinds = sourceKinds(this.#catalogue);
		const chosen = kinds.find(({ id }) => id === kind);
		if (chosen) this.store.mount("/main/source", sourceSchema(kinds, chosen), { kind });
	}

	/** What `GET /api/v1/params` answers. */
	described(): string {
		const tree = this.store.list().map(paramInfoOf);
		const values = Object.fromEntries(tree.map(({ address }) => [address, this.store.get(address)]));
		return JSON.stringify({ rev: this.store.revision, tree, values });
	}
}
