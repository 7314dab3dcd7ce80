/** How grave a log line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a line is about, as named values. An `Error` under `error` is written with its cause. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes a sentence with fields to wherever log lines go. */
type LogLine = (message: string, fields?: LogFields) => void;

/** Where an object reports what it does. Handed in, never global. */
export interface Log extends Readonly<Record<LogLevel, LogLine>> {
	/** The same log, with `fields` on every line. */
	with(fields: LogFields): Log;
}
