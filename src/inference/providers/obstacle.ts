import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Runtime } from "../ort/runtime.ts";
import type { ProviderEntry } from "./provider.ts";

/** Why a provider cannot be used, as far as that is seen without trying it; `undefined` where nothing speaks against it. */
export function obstacle(runtime: Runtime, entry: ProviderEntry): string | undefined {
	if (!entry.platforms.includes(process.platform)) return `there is none on ${process.platform}`;
	if (!runtime.compiled.includes(entry.compiled))
		return `ONNX Runtime ${runtime.version} for ${process.platform} ${process.arch} was built without it`;
	const missing = absentFiles(runtime, entry);
	return missing.length > 0 ? `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing` : undefined;
}

/** Files that a provider needs beside the library and that are not there. */
export function absentFiles({ path }: Runtime, { files }: ProviderEntry): string[] {
	// A library that the system found by its name may have its files anywhere.
	if (!isAbsolute(path)) return [];
	return (files[process.platform] ?? []).filter((file) => !existsSync(join(dirname(path), file)));
}
