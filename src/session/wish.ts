import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { ParamsSchema } from "../params/meta.ts";
import { type Values, valueAt } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import type { Feed } from "./feed.ts";
import { Part } from "./part.ts";

/** What can be opened under values: a pipeline, a source, a sink. */
export interface Openable {
	readonly params: ParamsSchema;
	/** What else it is opened with than the parameters that need a reload, as plain data. */
	opensWith?(values: never): unknown;
}

/** A guest as it is to be opened: which, and with what values of the parameters that need a reload. */
export interface Wanted<D extends Openable> {
	readonly definition: D;
	/** Equal for snapshots that one instance can serve. */
	readonly key: string;
}

/** Whether two are the same. */
export function sameWanted(a: Wanted<Openable> | undefined, b: Wanted<Openable> | undefined): boolean {
	return a?.definition === b?.definition && a?.key === b?.key;
}

/** Says what one definition is to be opened with. */
export class Wish<D extends Openable> {
	readonly definition: D;
	readonly #part: Part<ParamsSchema>;
	#seen: Values | undefined;
	#wanted: Wanted<D> | undefined;

	constructor(definition: D) {
		this.definition = definition;
		this.#part = new Part<ParamsSchema>(definition.params);
	}

	/** What it is to be opened with under a snapshot. The same snapshot gives the same object. */
	under(snapshot: Snapshot): Wanted<D> {
		if (this.#wanted && this.#seen === snapshot.values) return this.#wanted;
		const values = this.#part.read(snapshot);
		const held = this.#part.params.filter(({ apply }) => apply === "reload").map(({ path }) => valueAt(values, path));
		this.#seen = snapshot.values;
		const key = JSON.stringify([held, this.definition.opensWith?.(values as never)]);
		this.#wanted = { definition: this.definition, key };
		return this.#wanted;
	}
}

/** What a session was told to play, as it is to be opened. */
export class Wishes {
	readonly #feed: Feed;
	#playing: Wish<PipelineDefinition> | undefined;
	#held: Wish<PipelineDefinition> | undefined;

	constructor(feed: Feed) {
		this.#feed = feed;
	}

	/** Who is to play. */
	get playing(): Wanted<PipelineDefinition> {
		const { pipeline } = this.#feed.cast;
		if (this.#playing?.definition !== pipeline) this.#playing = new Wish(pipeline);
		return this.#playing.under(this.#feed.part(""));
	}

	/** Who is to be held beside what plays. */
	get held(): Wanted<PipelineDefinition> | undefined {
		const { standby } = this.#feed.cast;
		if (!standby) return undefined;
		if (this.#held?.definition !== standby) this.#held = new Wish(standby);
		return this.#held.under(this.#feed.part("/standby"));
	}
}
