import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import { description } from "../../contract/describe.ts";
import { containment, PERMISSIONS } from "../../host/stranger.ts";
import { readJson, writeAtomic } from "../../storage.ts";
import type { Origin } from "../catalogue.ts";

const DRAFT = ".draft-";

const entry = z.object({
	name: z.string(),
	version: z.string(),
	description: z.string(),
	author: z.string(),
	/** What a person asked for. */
	spec: z.string(),
	/** Whether the folder that was named is used itself, not a copy. */
	editable: z.boolean(),
	/** Where the package is. */
	folder: z.string(),
	/** What may be taken away with it; the folder with all that the package needs. None of an editable one. */
	place: z.string().optional(),
	/** Relative to the folder. */
	entry: z.string(),
	permissions: z.array(z.enum(PERMISSIONS)),
	memory: z.number().optional(),
	/** Grows with every load, so that a reload is another module. */
	stamp: z.number(),
	guests: z.array(description),
});

/** A plugin package that is installed. */
export type Installed = z.output<typeof entry>;

const index = z.object({ version: z.literal(1), plugins: z.array(entry) });

/** The installed plugin packages on disk: a folder each, and an index that says which counts. */
export class Shelf {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** What is installed, in order of installing. */
	read(): Installed[] {
		return readJson(this.#index, index)?.plugins ?? [];
	}

	/** Says what counts from now on. Throws `storage/failed`. */
	write(plugins: readonly Installed[]): Promise<void> {
		return writeAtomic(this.#index, `${JSON.stringify({ version: 1, plugins }, undefined, "\t")}\n`);
	}

	/** An empty folder to install into; those that a killed install has left are cleared away. Throws `storage/failed`. */
	draft(): string {
		try {
			mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
			for (const left of readdirSync(this.#folder)) if (left.startsWith(DRAFT)) this.discard(join(this.#folder, left));
			return mkdtempSync(join(this.#folder, DRAFT));
		} catch (error) {
			throw new MutoscopeError("storage/failed", { path: this.#folder, reason: reasonOf(error) }, { cause: error });
		}
	}

	/** Moves a draft to where it stays, whole or not at all. Throws `storage/failed`. */
	place(draft: string, name: string, version: string): string {
		const place = join(this.#folder, `${name.replaceAll("/", "+")}-${version.replace(/[^\w.+-]/g, "_")}-${Date.now()}`);
		try {
			renameSync(draft, place);
		} catch (error) {
			throw new MutoscopeError("storage/failed", { path: place, reason: reasonOf(error) }, { cause: error });
		}
		return place;
	}

	/** Where the processes of a package keep what they compiled. Throws `storage/failed`. */
	compiled(name: string): string {
		const folder = join(this.#folder, "compiled", name.replaceAll("/", "+"));
		try {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
		} catch (error) {
			throw new MutoscopeError("storage/failed", { path: folder, reason: reasonOf(error) }, { cause: error });
		}
		return folder;
	}

	/** Takes a folder away; what cannot be deleted now is in nobody's way. */
	discard(folder: string): void {
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	get #index(): string {
		return join(this.#folder, "index.json");
	}
}

/** The address of a package's module, another one after each load. */
export function moduleOf({ folder, entry, stamp }: Pick<Installed, "folder" | "entry" | "stamp">): string {
	return `${pathToFileURL(join(folder, entry)).href}?v=${stamp}`;
}

/**
 * Where children find the guests of an installed package, and with what rights they run it. What they compile is kept in
 * `compiled`, which is theirs alone: whoever writes there decides what they run.
 */
export function originOf(installed: Omit<Installed, "guests">, compiled: string): Origin {
	const { name, folder, place, permissions, memory } = installed;
	return {
		package: name,
		module: moduleOf(installed),
		// Taps need shared memory, which is native code of ours.
		flags: containment(place ?? folder, [...new Set([...permissions, "native" as const])], compiled),
		env: { NODE_COMPILE_CACHE: compiled },
		...(memory === undefined ? {} : { memory }),
	};
}
