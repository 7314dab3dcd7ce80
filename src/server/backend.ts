import type { Curve } from "../params/ramp.ts";
import type { JsonSchema, ParamValue } from "../params/schema.ts";
import type { ParamStore } from "../params/store.ts";
import type { DaemonStatus, LogRecord, SessionStatus } from "../protocol/messages.ts";
import type { MetricFamily } from "./metrics.ts";
import type { Loras, Models } from "./models.ts";
import type { WebRtcCalls } from "./webrtc.ts";

/**
 * What the server asks of the daemon: plain functions over plain data, handed in. Whatever is refused is thrown as a
 * `MutoscopeError` and reaches the client as that error.
 */
export interface Backend {
	readonly version: string;
	/** When the daemon started, as Unix time in seconds. */
	readonly started: number;
	readonly store: ParamStore;
	status(): DaemonStatus;
	sessions(): readonly SessionStatus[];
	/** Throws `session/exists`, `pipeline/unknown`, `bridge/unknown`, `request/invalid` for a name that cannot be. */
	createSession(wanted: NewSession): Promise<SessionStatus>;
	/** Ends a session and takes its parameters away. Throws `session/unknown`. */
	removeSession(name: string): Promise<void>;
	/** Starts its processes anew, also those in quarantine. Throws `session/unknown`. */
	restartSession(name: string): Promise<void>;
	/**
	 * Changes parameters, all or none. With `wait` it resolves once they show, with the frames they showed first in, or
	 * without `frames` when `wait` aborts. Throws as `ParamStore.set` does.
	 */
	setParams(changes: Iterable<readonly [string, unknown]>, origin: string, wait?: AbortSignal): Promise<Applied>;
	pipelines(): readonly PipelineOffer[];
	sources(): readonly BridgeOffer[];
	sinks(): readonly BridgeOffer[];
	/** What a kind of source can be told to take: names, as they are now. Throws `bridge/unknown`, `bridge/unavailable`. */
	choices(source: string, signal: AbortSignal): Promise<readonly string[]>;
	/** Names of the rings in shared memory that a source of kind `ring` can read. */
	rings(): readonly string[];
	/** Where OSC is listened to; no port where it is not. */
	osc(): { readonly host: string; readonly port: number | undefined };
	readonly models: Models;
	readonly loras: Loras;
	readonly presets: Presets;
	readonly recordings: Recordings;
	readonly plugins: Plugins;
	/** The picture that a session shows now. Throws `session/unknown`, `process/crashed`. */
	still(session: string, wanted: StillOptions, signal: AbortSignal): Promise<Uint8Array>;
	/** A call of the WebRTC service, which runs in another process: its answer is checked by the server. */
	webrtc<M extends keyof WebRtcCalls>(method: M, input: WebRtcCalls[M], signal: AbortSignal): Promise<unknown>;
	metrics(): readonly MetricFamily[];
	/** The newest log lines, oldest first. */
	log(lines: number): readonly LogRecord[];
}

/** A session to begin. */
interface NewSession {
	/** Also the first segment of its addresses. */
	readonly name: string;
	/** Id of the generator; the daemon's default unless given. */
	readonly pipeline?: string | undefined;
	/** Id of the source; none unless given. */
	readonly source?: string | undefined;
}

/** What came of a change. */
export interface Applied {
	/** The revision that holds it. */
	readonly rev: number;
	/** Values as they were kept, by full address, where they were out of range. */
	readonly clamped: Readonly<Record<string, ParamValue>>;
	/** By session, the frame in which the change showed first; absent when nobody waited, or it took too long. */
	readonly frames?: Readonly<Record<string, number>> | undefined;
}

/** A pipeline that may be chosen. */
export interface PipelineOffer {
	readonly id: string;
	readonly title: string;
	readonly description: string;
	/** Where the idea comes from. */
	readonly source: string;
	/** What it makes pictures of; the first is its default. */
	readonly modes: readonly ("text" | "video")[];
	readonly schema: JsonSchema;
	/** Whether it can stand before or after another, as `/stage/<id>`. */
	readonly usage: readonly ("preprocessor" | "postprocessor")[];
	/** Whether it needs files that have to be fetched. */
	readonly needsFiles: boolean;
	/** The plugin that brought it. */
	readonly plugin?: string | undefined;
}

/** A kind of source or sink that may be chosen. */
export interface BridgeOffer {
	readonly id: string;
	readonly title: string;
	readonly description: string;
	readonly available: boolean;
	/** Why it is not available. */
	readonly reason?: string | undefined;
	readonly schema: JsonSchema;
}

/** Parameter values that were kept under a name. */
export interface Preset {
	readonly name: string;
	/** The session it was taken from. */
	readonly session: string;
	/** When it was saved, as Unix time in seconds. */
	readonly saved: number;
	/** By address relative to the session. */
	readonly values: Readonly<Record<string, ParamValue>>;
}

/** A plugin that is there: one of ours, or an installed package. */
export interface PluginOffer {
	/** Of the package; of one of ours its id. */
	readonly name: string;
	readonly version: string;
	readonly title: string;
	readonly description: string;
	readonly author: string;
	readonly source: "bundled" | "npm" | "git" | "local";
	/** What was asked for when it was installed. */
	readonly spec?: string | undefined;
	/** The folder that is used itself. */
	readonly editablePath?: string | undefined;
	/** What it may do besides reading its own files. */
	readonly permissions: readonly string[];
	/** Ids of what it is and brings. */
	readonly plugins: readonly string[];
	readonly pipelines: readonly { readonly id: string; readonly title: string }[];
	readonly bridges: readonly string[];
	/** Why it is not in the show. */
	readonly failure?: string | undefined;
}

/** Plugins, ours and installed ones. */
export interface Plugins {
	list(): readonly PluginOffer[];
	/** Throws `plugin/not-installed`, `plugin/invalid`, `plugin/not-loaded`, `plugin/exists`, `plugin/clash`, `storage/failed`. */
	add(
		spec: string,
		options: { readonly editable?: boolean | undefined; readonly upgrade?: boolean | undefined },
	): Promise<PluginOffer>;
	/** Throws `plugin/unknown`, `plugin/bundled`. */
	remove(name: string): Promise<PluginOffer>;
	/** Throws as `add` and `remove` do. */
	reload(name: string): Promise<PluginOffer>;
}

/** Presets on disk. */
export interface Presets {
	list(): Promise<readonly Preset[]>;
	/** Throws `preset/unknown`. */
	get(name: string): Promise<Preset>;
	/** Keeps a session's values under a name, in place of an older preset of that name. Throws `session/unknown`. */
	save(name: string, session: string): Promise<Preset>;
	/** Throws `preset/unknown`. */
	remove(name: string): Promise<void>;
	/** Puts the values back, numbers in `seconds`. Throws `preset/unknown`, `session/unknown`. */
	recall(name: string, options: RecallOptions, origin: string): Promise<Applied>;
}

/** How a preset is put back. */
export interface RecallOptions {
	/** Into which session; the one it was taken from unless given. */
	readonly session?: string | undefined;
	/** How long numbers travel; 0 jumps. */
	readonly seconds: number;
	readonly curve: Curve;
}

/** A recorded file. */
export interface Recording {
	/** Its file name. */
	readonly id: string;
	readonly session: string;
	readonly bytes: number;
	/** When it was last written, as Unix time in milliseconds. */
	readonly modified: number;
	/** Whether it is being written now. */
	readonly running: boolean;
}

/** Recordings on disk. */
export interface Recordings {
	/** Newest first. */
	list(): readonly Recording[];
	/** Begins to record a session, if nobody does. Throws `session/unknown`, `recording/failed`. */
	start(session: string): Promise<Recording>;
	/** Ends the recording of a session; `undefined` if there is none. Throws `session/unknown`. */
	stop(session: string): Promise<Recording | undefined>;
	/** Where the file is. Throws `recording/unknown`. */
	path(id: string): string;
	/** Deletes it. Throws `recording/unknown`, `recording/failed` while it is written. */
	remove(id: string): void;
}

/** How a still is made. */
interface StillOptions {
	readonly format: "png" | "jpeg";
	/** Of a JPEG, 1 to 100. */
	readonly quality?: number | undefined;
	/** In pixels; the height follows. The picture's own unless given. */
	readonly width?: number | undefined;
}
