import { readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type * as z from "zod";
import { MutoscopeError, reasonOf } from "./base/errors.ts";

/**
 * Writes a file so that it is there whole or not at all, whatever happens meanwhile; mode 0600.
 *
 * Throws `storage/failed`, for one when the disk is full; what was there before is then still there.
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
	const draft = `${path}.${process.pid}.${++drafts}.draft`;
	try {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		const file = await open(draft, "w", 0o600);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(draft, path);
	} catch (error) {
		await rm(draft, { force: true }).catch(() => {}); // where no draft could be made, none is left
		throw new MutoscopeError("storage/failed", { path, reason: reasonOf(error) }, { cause: error });
	}
}

/** Two writes of one file at a time must not share a draft. */
let drafts = 0;

/** What a JSON file holds, or `undefined` when it is missing or not of the schema: a spoilt file never stops a start. */
export function readJson<S extends z.ZodType>(path: string, schema: S): z.output<S> | undefined {
	try {
		return schema.parse(JSON.parse(readFileSync(path, "utf8")));
	} catch {
		return undefined;
	}
}

/** A folder of JSON files of one schema, by name. */
export class JsonFolder<S extends z.ZodType> {
	readonly #folder: string;
	readonly #schema: S;

	constructor(folder: string, schema: S) {
		this.#folder = folder;
		this.#schema = schema;
	}

	/** The names of what is there, sorted. */
	list(): string[] {
		try {
			const files = readdirSync(this.#folder).filter((file) => file.endsWith(".json"));
			return files.map((file) => decodeURIComponent(file.slice(0, -".json".length))).sort();
		} catch {
			return [];
		}
	}

	/** What `name` holds, or `undefined`. */
	read(name: string): z.output<S> | undefined {
		return readJson(this.#path(name), this.#schema);
	}

	/** Throws `storage/failed`. */
	write(name: string, value: z.input<S>): Promise<void> {
		return writeAtomic(this.#path(name), `${JSON.stringify(value, undefined, "\t")}\n`);
	}

	/** Whether it was there. */
	remove(name: string): boolean {
		const there = this.list().includes(name);
		rmSync(this.#path(name), { force: true });
		return there;
	}

	/** A name may hold anything a person types; a file name may not. */
	#path(name: string): string {
		return join(this.#folder, `${encodeURIComponent(name).replaceAll(".", "%2E")}.json`);
	}
}
