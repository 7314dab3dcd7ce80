import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import type { Snapshot } from "../params/store.ts";
import type { Bell } from "./bell.ts";

/** Who plays. */
export interface Cast {
	readonly pipeline: PipelineDefinition;
	/** Plugins that may be switched on, in the order in which they tap. */
	readonly plugins: readonly PluginDefinition[];
}

/** Snapshots by part: `""` the generator's, `/session`, `/transport`, `/source`, `/plugin/<id>`. */
export type Snapshots = Readonly<Record<string, Snapshot>>;

const EMPTY: Snapshot = { revision: 0, values: {}, fired: {} };

/** What a session was told last: who plays, and how everything is turned. The newest wins; nothing is queued. */
export class Feed {
	readonly #bell: Bell;
	#cast: Cast;
	#snapshots: Snapshots;

	/** Rings `bell` at every update. */
	constructor(bell: Bell, cast: Cast, snapshots: Snapshots = {}) {
		this.#bell = bell;
		this.#cast = cast;
		this.#snapshots = snapshots;
	}

	/** Who is to play. */
	get cast(): Cast {
		return this.#cast;
	}

	/** The revision of the newest change of any part. */
	get revision(): number {
		return Object.values(this.#snapshots).reduce((most, { revision }) => Math.max(most, revision), 0);
	}

	/** The newest snapshot of a part; an empty one where nothing was said. */
	part(name: string): Snapshot {
		return this.#snapshots[name] ?? EMPTY;
	}

	/** Something was turned, or others are to play. */
	update(snapshots: Snapshots, cast: Cast = this.#cast): void {
		this.#snapshots = snapshots;
		this.#cast = cast;
		this.#bell.ring();
	}
}
