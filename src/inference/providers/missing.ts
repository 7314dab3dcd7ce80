import { dirname, join } from "node:path";
import type { LibraryHandle } from "koffi";
import { reasonOf } from "../../base/errors.ts";
import { koffi } from "../../media/native.ts";
import type { Runtime } from "../ort/runtime.ts";
import { neededLibraries } from "./elf.ts";
import type { ProviderEntry } from "./provider.ts";

/**
 * Names of the system's libraries that a provider's files need and the loader does not find. Linux only.
 *
 * Loads those that it finds, which are large and run code: for a process of its own.
 */
export function missingLibraries({ path }: Runtime, { files }: ProviderEntry): string[] {
	if (process.platform !== "linux") return [];
	const missing = new Set<string>();
	const found: LibraryHandle[] = [];
	for (const file of files.linux ?? []) {
		for (const name of neededLibraries(join(dirname(path), file))) {
			// It has come with the library, or the provider's own file asks for the library itself.
			if (name.startsWith("libonnxruntime")) continue;
			try {
				found.push(koffi.load(name, { lazy: true }));
			} catch (error) {
				// The loader names the one that is not there, which may be one that this one needs.
				missing.add(/(\S+\.so[\w.]*): cannot open/.exec(reasonOf(error))?.[1] ?? name);
			}
		}
	}
	return [...missing];
}
