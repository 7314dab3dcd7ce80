import type { Dispose } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import type { ParamStore } from "../params/store.ts";
import type { DaemonStatus, LogRecord } from "../protocol/messages.ts";
import type { OscIntake } from "./osc/intake.ts";
import type { Timing } from "./pace.ts";
import type { Resumes } from "./resumes.ts";
import type { Showing } from "./showing.ts";

/** What someone may do: look, turn, or change the installation. Each may do what those before it may. */
export type Role = "viewer" | "operator" | "admin";

/** Whether a role may do what `needed` may. */
export function may(role: Role, needed: Role): boolean {
	const order: readonly Role[] = ["viewer", "operator", "admin"];
	return order.indexOf(role) >= order.indexOf(needed);
}

/** Who calls a method. */
export interface Caller {
	readonly role: Role;
	/** Names them among all who turn parameters; what a method sets, it sets with this origin. */
	readonly origin: string;
	/** Aborts when the connection closes. */
	readonly signal: AbortSignal;
}

/** Something that a client can ask for by name: `preset.save`, `session.restart` … */
export interface Method {
	/** What it takes to be allowed to. */
	readonly role: Role;
	/** Does it. `params` came over the wire and is not checked yet. The answer is plain data. Throws `MutoscopeError`. */
	run(params: Readonly<Record<string, unknown>>, caller: Caller): unknown;
}

/** What control over a connection stands on. The daemon makes one and hands it to every connection. */
export interface ControlContext extends Timing, Showing {
	readonly store: ParamStore;
	readonly log: Log;
	/** What a token allows; `undefined` of a token that is none. */
	authorise(token: string): Role | undefined;
	/** By name. */
	readonly methods: Readonly<Record<string, Method>>;
	/** Calls `listener` with the daemon's status, twice a second, until disposed; the first time soon. */
	onStatus(listener: (status: DaemonStatus) => void): Dispose;
	/** Calls `listener` for each log line, those of the last minutes first, until disposed. It must not log in turn. */
	onLog(listener: (line: LogRecord) => void): Dispose;
	/** Where connections are remembered that may come back. One for all. */
	readonly resumes: Resumes;
	/** What takes OSC packets that come as binary messages. */
	readonly osc: OscIntake;
}
