/**
 * The front door for programs that steer a daemon: in a browser, or in Node 22 and later.
 *
 * @module
 */
import { Client } from "./client.ts";
import type { ConnectOptions } from "./terms.ts";

export type { ParamValue } from "../params/schema.ts";
export { coerce, fromNorm, toNorm } from "../params/value.ts";
export type { DaemonStatus, LogRecord, ParamInfo, ProcessStatus, SessionStatus } from "../protocol/messages.ts";
export type { Client } from "./client.ts";
export type { MediaStats } from "./peer.ts";
export type { Ack } from "./requests.ts";
export type { MediaState } from "./steady.ts";
export type { BatchOp, ClientEvents, Connection, ConnectOptions, Role } from "./terms.ts";
export { type Media, type MediaOptions, play, publish } from "./video.ts";

/**
 * Connects to a daemon, and again whenever the connection is lost.
 *
 * `url` is that of its page, `http://127.0.0.1:8000`; in a page of the daemon itself, `location.href` will do.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Client {
	const at = new URL("/ws", url);
	at.protocol = at.protocol === "https:" || at.protocol === "wss:" ? "wss:" : "ws:";
	return new Client(at.href, options);
}
