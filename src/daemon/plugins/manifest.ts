import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as z from "zod";
import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import { PERMISSIONS } from "../../host/stranger.ts";

/** The version of what plugins are written against; a package names it as `"api": "^1"`. */
const API = 1;

/** Most files and bytes of an installed package with everything that it needs. */
const MOST_FILES = 20_000;
const MOST_BYTES = 1 << 30;

const papers = z.object({
	name: z.string().regex(/^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+$/, "the name of a package has other letters"),
	version: z.string().max(100),
	description: z.string().optional(),
	author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
	main: z.string().optional(),
	mutoscope: z.strictObject(
		{
			api: z.string().regex(/^\^?\d+(\.\d+){0,2}$/, "it has the form ^1"),
			/** The module that exports the guests, relative to the package. */
			entry: z.string().optional(),
			permissions: z.array(z.enum(PERMISSIONS)).default([]),
			/** Megabytes that a process may use which runs it. */
			memory: z.int().min(64).max(65_536).optional(),
		},
		'it has no "mutoscope" section that says what it is',
	),
});

/** What a package says of itself, checked. */
export interface Papers {
	readonly name: string;
	readonly version: string;
	readonly description: string;
	readonly author: string;
	/** Relative to the package. */
	readonly entry: string;
	readonly permissions: readonly (typeof PERMISSIONS)[number][];
	readonly memory: number | undefined;
}

/** Reads the papers of the package in `folder`. Throws `plugin/invalid`; `spec` is what a person called it. */
export function readPapers(folder: string, spec: string): Papers {
	const invalid = (reason: string, options?: ErrorOptions) =>
		new MutoscopeError("plugin/invalid", { plugin: spec, reason }, options);
	let raw: unknown;
	try {
		raw = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
	} catch (error) {
		throw invalid(`its package.json cannot be read: ${reasonOf(error)}`, { cause: error });
	}
	const parsed = papers.safeParse(raw);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw invalid(`${issue?.path.join(".") || "package.json"}: ${issue?.message}`);
	}
	const { name, version, description = "", author = "", main, mutoscope } = parsed.data;
	const { api, permissions, memory, entry = main ?? "index.js" } = mutoscope;
	if (Number(/\d+/.exec(api)?.[0]) !== API) {
		throw invalid(`it was written for version ${api} of the interface, and this is version ${API}`);
	}
	const within = relative(folder, resolve(folder, entry));
	if (within.startsWith("..") || !existsSync(join(folder, within))) throw invalid(`its entry ${entry} is not there`);
	const named = typeof author === "string" ? author : author.name;
	return { name, version, description, author: named, entry: within, permissions, memory };
}

/** Throws `plugin/invalid` for what no installed package may hold: links, too much of anything, undeclared native code. */
export function checkFiles(folder: string, { name, permissions }: Papers): void {
	const invalid = (reason: string) => new MutoscopeError("plugin/invalid", { plugin: name, reason });
	let files = 0;
	let bytes = 0;
	for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		const stat = lstatSync(join(folder, path));
		if (stat.isSymbolicLink()) throw invalid(`${path} is a link`);
		files++;
		bytes += stat.size;
		if (files > MOST_FILES || bytes > MOST_BYTES) throw invalid("it is too large");
		if (path.endsWith(".node") && !permissions.includes("native")) {
			throw invalid(`${path} is native code, and the permission "native" is not declared`);
		}
	}
}
