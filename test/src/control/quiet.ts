import type { Log } from "../../../src/base/log.ts";

/** A log that keeps its lines. */
export function quietLog(lines: string[] = []): Log {
	const line = (message: string) => {
		lines.push(message);
	};
	const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
	return log;
}
