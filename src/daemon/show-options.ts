import type { Log } from "../base/log.ts";
import type { SessionTask } from "../host/messages.ts";
import type { ParamStore } from "../params/store.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Measured } from "./measured.ts";
import type { RecordingFolder } from "./recordings.ts";

/** Values that a show begins with: by part (`""`, `/source`, `/sink/recording` …), then by relative address. */
export type SavedParts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What shows need of the daemon, the same for all of them. */
export interface Surroundings {
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	/** Beginning of the names of their rings. */
	readonly prefix: string;
	readonly recordings: RecordingFolder;
	/** Where pipelines find files, and what their models compute on. */
	readonly machine: Pick<SessionTask, "models" | "compute">;
	/** What pipelines hold on this machine. */
	readonly measured: Measured;
	readonly log: Log;
	/** Shows came or went, or one has another source. */
	rewired(): void;
}

/** What one of them needs. */
export interface ShowOptions extends Surroundings {
	readonly name: string;
	readonly saved: SavedParts;
	/** The first frame made with `revision` is visible. */
	applied(revision: number, frame: number): void;
}
