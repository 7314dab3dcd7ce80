import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".ico": "image/x-icon",
	".js": "text/javascript; charset=utf-8",
	".json": "application/json",
	".map": "application/json",
	".mjs": "text/javascript; charset=utf-8",
	".png": "image/png",
	".jpg": "image/jpeg",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp": "image/webp",
	".woff2": "font/woff2",
};

/** Milliseconds after which a folder is looked through again for a file that was not there. */
const AGAIN_MS = 1000;

/**
 * The files of a folder, by the path they are served under. Only what a walk through the folder found is ever opened, so no
 * path that a client makes up leads anywhere else; links are not followed.
 */
export class StaticFiles {
	readonly #folder: string;
	#files = new Map<string, string>();
	#walked = Number.NEGATIVE_INFINITY;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** The answer with the file at `path` (`/index.html`), or `undefined`. */
	async serve(path: string): Promise<Response | undefined> {
		const file = this.#find(path);
		const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
		if (file === undefined || bytes === undefined) return undefined;
		const hashed = path.startsWith("/assets/");
		const headers = {
			"Content-Type": TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
			"Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
		};
		return new Response(bytes, { headers });
	}

	#find(path: string): string | undefined {
		const file = this.#files.get(path);
		if (file !== undefined || performance.now() - this.#walked < AGAIN_MS) return file;
		this.#walked = performance.now();
		this.#files = walk(this.#folder);
		return this.#files.get(path);
	}
}

function walk(folder: string): Map<string, string> {
	const files = new Map<string, string>();
	if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return files;
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		if (entry.isFile()) files.set(path.slice(folder.length).replaceAll(sep, "/"), path);
	}
	return files;
}
