import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import type { Held } from "../contract/real-time.ts";
import { jsonSchemaOf, type Param, paramsOf } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import type { Bell } from "./bell.ts";

/** Who plays. */
export interface Cast {
	readonly pipeline: PipelineDefinition;
	/** The pipeline to be held ready beside it. */
	readonly standby?: PipelineDefinition | undefined;
	/** The pipeline that steps in while nothing plays: it opens at once, and needs nothing. */
	readonly understudy?: PipelineDefinition | undefined;
	/** What pipelines were found to hold on this machine, by id. */
	readonly held?: Readonly<Record<string, Held>>;
	/** Pre- and postprocessors that may be switched on (`/stage/<id>`), in the order in which frames pass them. */
	readonly stages?: readonly PipelineDefinition[];
	/** Plugins that may be switched on, in the order in which they tap. */
	readonly plugins: readonly PluginDefinition[];
}

/** Snapshots by part: `""` the generator's, `/standby` those of the pipeline on standby, `/session`, `/transport`, `/source`, `/plugin/<id>`. */
export type Snapshots = Readonly<Record<string, Snapshot>>;

/** Of a part of which nothing was said. */
export const EMPTY: Snapshot = { revision: 0, values: {}, fired: {} };

/** What a session was told last: who plays, and how everything is turned. The newest wins; nothing is queued. */
export class Feed {
	readonly #bell: Bell;
	#cast: Cast;
	#snapshots: Snapshots;
	#pipeline: PipelineDefinition | undefined;
	#params: readonly Param[] = [];

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

	/** Plugins that may be switched on, in the order in which they tap. */
	get plugins(): readonly PluginDefinition[] {
		return this.#cast.plugins;
	}

	/** Parameters of the generator that is to play. */
	get params(): readonly Param[] {
		const { pipeline } = this.#cast;
		if (this.#pipeline !== pipeline) {
			this.#pipeline = pipeline;
			this.#params = paramsOf(jsonSchemaOf(pipeline.params));
		}
		return this.#params;
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
