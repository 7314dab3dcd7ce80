import type { ClientInput, DaemonStatus, LogRecord, ParamInfo } from "../protocol/messages.ts";

/** `refused` does not try again by itself: the token is missing or wrong, or the daemon speaks another version. */
export type Connection = "connecting" | "open" | "lost" | "refused" | "closed";

/** What a client may do: look, turn knobs, or everything. */
export type Role = "viewer" | "operator" | "admin";

/** How to connect. */
export interface ConnectOptions {
	/** Not needed by a page of the daemon itself, which is signed in by its cookie. */
	readonly token?: string | undefined;
	/** Who this is, for the daemon's log. */
	readonly name?: string;
	/** OSC patterns of the addresses to hear of; everything unless said. */
	readonly subscribe?: readonly string[];
	/** At most so many messages with values a second; 60 unless said. */
	readonly maxHz?: number;
	/** Whether to be told, twice a second, what the daemon is doing, and its log. */
	readonly status?: boolean;
	/** Seconds that an answer may take, outages included; 10 unless said. */
	readonly timeout?: number;
}

/** What a client tells those who listen. */
export interface ClientEvents extends Record<string, unknown> {
	/** The connection came or went, and why. */
	connection: { readonly state: Connection; readonly reason: string };
	/** Parameters came or went. */
	tree: readonly ParamInfo[];
	status: DaemonStatus;
	log: readonly LogRecord[];
	/** Triggers that someone else fired, by address. */
	fired: readonly string[];
	/**
	 * A change became visible: `frame` of `session` is the first that was made with it. A ramp is told of twice: when it has
	 * `begun`, and when it `arrived` or something else `ended` it.
	 */
	applied: {
		readonly id: string | number;
		readonly session: string;
		readonly frame: number;
		readonly travel?: "begun" | "arrived" | "ended";
	};
	/** Something sent by `set` or `fire` was not accepted. */
	refused: { readonly addresses: readonly string[]; readonly error: Error };
}

/** A change as part of a batch. */
export type BatchOp = Extract<ClientInput, { op: "set" | "ramp" }>;
