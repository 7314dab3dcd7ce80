import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { NdiConfig } from "./config.ts";

/** The file that NDI reads, in the folder that NDI_CONFIG_DIR names. */
const FILE = "ndi-config.v1.json";

/** A part of NDI's settings. */
type Settings = Readonly<Record<string, unknown>>;

/** The settings that NDI reads, until disposed of. */
export type Settled = Disposable;

/**
 * NDI's settings with ours laid over them; the rest, which NDI Access Manager wrote, stays.
 *
 * Keys as in "Configuration Files" of the SDK's documentation: addresses are one text with commas, adapters a list.
 */
export function merged(theirs: Settings, { ips, discovery, adapters, groups }: NdiConfig): Settings {
	const ndi = within(theirs, "ndi");
	const networks = { ...within(ndi, "networks"), ...list("ips", ips, ","), ...list("discovery", discovery) };
	const receiving = groups.length > 0 ? { groups: { ...within(ndi, "groups"), recv: groups.join(",") } } : {};
	const allowed = adapters.length > 0 ? { adapters: { ...within(ndi, "adapters"), allowed: adapters } } : {};
	return { ...theirs, ndi: { ...ndi, networks, ...receiving, ...allowed } };
}

/** Lets NDI read our settings, of which it knows only files. To be called before it is started. */
export function settle(config: NdiConfig, env: NodeJS.ProcessEnv = process.env): Settled {
	const { ips, discovery, adapters, groups } = config;
	if ([ips, discovery, adapters, groups].every(({ length }) => length === 0)) return { [Symbol.dispose]() {} };
	const before = env.NDI_CONFIG_DIR;
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-ndi-"));
	const theirs = read(join(before ?? join(homedir(), ".ndi"), FILE));
	writeFileSync(join(folder, FILE), JSON.stringify(merged(theirs, config)), { mode: 0o600 });
	env.NDI_CONFIG_DIR = folder;
	return {
		[Symbol.dispose]() {
			if (before === undefined) delete env.NDI_CONFIG_DIR;
			else env.NDI_CONFIG_DIR = before;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function list(key: string, values: readonly string[], end = ""): Settings {
	return values.length > 0 ? { [key]: values.join(",") + end } : {};
}

function within(settings: Settings, key: string): Settings {
	const value = settings[key];
	return typeof value === "object" && value !== null ? { ...value } : {};
}

function read(path: string): Settings {
	try {
		const settings: unknown = JSON.parse(readFileSync(path, "utf8"));
		return typeof settings === "object" && settings !== null ? { ...settings } : {};
	} catch {
		return {}; // there is none, or NDI could not read it either
	}
}
