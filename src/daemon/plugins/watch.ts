import { type FSWatcher, watch } from "node:fs";
import type { Dispose } from "../../base/dispose.ts";

/** Seconds of rest after which a change is done: an editor writes in several steps. */
const REST = 0.3;

/**
 * Calls `changed` whenever files of a folder were changed and have come to rest, those of packages and hidden ones aside.
 * Returns what ends it. Where the system cannot watch, it is never called.
 */
export function watchFolder(folder: string, changed: () => void): Dispose {
	let timer: NodeJS.Timeout | undefined;
	let watcher: FSWatcher | undefined;
	try {
		watcher = watch(folder, { recursive: true, persistent: false }, (_event, path) => {
			if (path?.split(/[\\/]/).some((part) => part === "node_modules" || part.startsWith("."))) return;
			clearTimeout(timer);
			timer = setTimeout(changed, REST * 1000);
		});
		watcher.on("error", () => watcher?.close());
	} catch {} // a reload by hand does the same
	return () => {
		clearTimeout(timer);
		watcher?.close();
	};
}
