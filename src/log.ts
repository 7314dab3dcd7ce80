import type { Log, LogFields, LogLevel } from "./base/log.ts";

/** A line as it was written. */
export interface LogEntry {
	/** Unix time in milliseconds. */
	readonly at: number;
	readonly level: LogLevel;
	readonly message: string;
	readonly fields: LogFields;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A log that hands every line to `write`. */
export function createLog(write: (entry: LogEntry) => void, fields: LogFields = {}): Log {
	const line = (level: LogLevel) => (message: string, more?: LogFields) =>
		write({ at: Date.now(), level, message, fields: { ...fields, ...more } });
	const [debug, info, warn, error] = LEVELS.map(line) as [Log["debug"], Log["info"], Log["warn"], Log["error"]];
	return { debug, info, warn, error, with: (more) => createLog(write, { ...fields, ...more }) };
}

/** The last lines, for the panel, and a feed of new ones. */
export class LogTail {
	readonly #lines: LogEntry[] = [];
	readonly #listeners = new Set<(entry: LogEntry) => void>();
	readonly #most: number;

	/** Keeps `most` lines. */
	constructor(most = 1000) {
		this.#most = most;
	}

	/** Takes a line in. */
	push(entry: LogEntry): void {
		this.#lines.push(entry);
		if (this.#lines.length > this.#most) this.#lines.splice(0, this.#lines.length - this.#most);
		for (const listener of this.#listeners) listener(entry);
	}

	/** The newest `count` lines, oldest first. */
	last(count: number): readonly LogEntry[] {
		return this.#lines.slice(-count);
	}

	/** Calls `listener` for every new line until disposed. */
	watch(listener: (entry: LogEntry) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** Writes lines of `level` and graver to `stream`, for people or as JSON. */
export function lineWriter(
	stream: { write(text: string): unknown },
	level: LogLevel,
	format: "text" | "json",
): (entry: LogEntry) => void {
	const least = LEVELS.indexOf(level);
	return (entry) => {
		if (LEVELS.indexOf(entry.level) < least) return;
		stream.write(format === "json" ? `${JSON.stringify(json(entry))}\n` : text(entry));
	};
}

function text({ at, level, message, fields }: LogEntry): string {
	const time = new Date(at).toISOString().slice(11, 23);
	const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`);
	return `${time} ${level.padEnd(5)} ${message}${rest.join("")}\n`;
}

/** An entry as it may travel to another process: errors by their sentence. */
export function plainEntry({ fields, ...entry }: LogEntry): LogEntry {
	return { ...entry, fields: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)])) };
}

function json(entry: LogEntry): object {
	const { at, level, message, fields } = plainEntry(entry);
	return { time: new Date(at).toISOString(), level, message, ...fields };
}

function plain(value: unknown): unknown {
	return value instanceof Error ? value.message : value;
}

function shown(value: unknown): string {
	const simple = plain(value);
	return typeof simple === "string" && !/[\s"=]/.test(simple) ? simple : JSON.stringify(simple);
}
