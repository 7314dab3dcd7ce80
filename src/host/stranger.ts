import nodeModule, { createRequire } from "node:module";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** What a plugin may ask for besides its own files; a seat belt, not a defence: see docs/guide/plugins.md. */
export const PERMISSIONS = ["files", "network", "processes", "workers", "native"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Flags of Node by permission. Where Node does not know one, it does not restrict what it would allow. */
const FLAGS: Readonly<Record<Permission, readonly string[]>> = {
	files: ["--allow-fs-read=*", "--allow-fs-write=*"],
	network: ["--allow-net"],
	processes: ["--allow-child-process"],
	workers: ["--allow-worker"],
	native: ["--allow-addons"],
};

/**
 * Flags for a process of Node that runs a stranger's code below `folder`: it reads its own files and ours, and may do what
 * was declared; it may write what it compiled into `compiled`. None where this Node has no permissions.
 */
export function containment(folder: string, permissions: readonly Permission[], compiled?: string): string[] {
	const known = process.allowedNodeEnvironmentFlags;
	if (!known.has("--permission")) return [];
	const ours = fileURLToPath(new URL(OWN_ROOT, import.meta.url));
	// The system's folders are for shared memory.
	const readable = new Set([ours, ...packageFolders(), folder, "/proc", "/dev/shm"]);
	const flags = ["--permission", ...[...readable].map((path) => `--allow-fs-read=${join(path, "/")}`), SHARED_MEMORY];
	if (compiled !== undefined)
		for (const act of ["read", "write"]) flags.push(`--allow-fs-${act}=${join(compiled, "/")}`);
	const allowed = permissions.flatMap((permission) => FLAGS[permission]);
	return [...flags, ...allowed.filter((flag) => known.has(flag.split("=")[0] as string))];
}

/** Where the packages are that we load: inside us, around us, or in a store that we are linked to. */
function packageFolders(): string[] {
	const { resolve } = createRequire(import.meta.url);
	return ["koffi", "zod", "tapable"].map((name) => {
		const path = resolve(name);
		return path.slice(0, path.indexOf(FOLDER) + FOLDER.length);
	});
}

const FOLDER = `${sep}node_modules${sep}`;

/** The rings that a process is given are written through here. */
const SHARED_MEMORY = "--allow-fs-write=/dev/shm/";

/** Our package, seen from the sources and from what was built. */
const OWN_ROOT = import.meta.url.endsWith(".ts") ? "../.." : "../../..";

let welcomed = false;

/**
 * Lets strangers' modules find `mutoscope/…`, wherever they lie: the doors of this very program, so that their frames are
 * ours. What a module with a version in its address imports from its own files has the same version, so that a reload is a
 * reload of all of it. Does nothing on a Node without such hooks.
 */
export function welcomeStrangers(): void {
	if (welcomed || typeof nodeModule.registerHooks !== "function") return;
	welcomed = true;
	nodeModule.registerHooks({
		resolve(specifier, context, next) {
			if (/^mutoscope\/\w+$/.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
			const found = next(specifier, context);
			const version = /\?v=\d+$/.exec(context.parentURL ?? "")?.[0];
			const own = version !== undefined && specifier.startsWith(".") && !found.url.includes("?");
			return own ? { ...found, url: found.url + version } : found;
		},
	});
}
