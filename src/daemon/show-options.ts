import type { Log } from "../base/log.ts";
import type { SessionTask } from "../host/messages.ts";
import type { ParamStore } from "../params/store.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Measured } from "./measured.ts";
import type { RecordingFolder } from "./recordings.ts";

/** Values that a show begins with: by part (`""`, `/source`, `/sink/recording` …), then by relative address. */
export type SavedParts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a show needs of the daemon. */
export interface ShowOptions {
	readonly name: string;
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	/** Beginning of the names of its rings. */
	readonly prefix: string;
	readonly recordings: RecordingFolder;
	/** Where pipelines find files, and what their models compute on. */
	readonly machine: Pick<SessionTask, "models" | "compute">;
	/** What pipelines hold on this machine. */
	readonly measured: Measured;
	readonly saved: SavedParts;
	readonly log: Log;
	/** The first frame made with `revision` is visible. */
	applied(revision: number, frame: number): void;
	/** Another kind of source was chosen. */
	rewired(): void;
}
