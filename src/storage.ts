import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as z from "zod";
import { MutoscopeError, reasonOf } from "./base/errors.ts";

/**
 * Writes a file so that it is there whole or not at all, whatever happens meanwhile; mode 0600.
 *
 * Throws `storage/failed`, for one when the disk is full; what was there before is then still there.
 */
export function writeAtomic(path: string, text: string): void {
	const draft = `${path}.${process.pid}.draft`;
	try {
		mkdirSync(dirname(path), { recursive: true });
		const file = openSync(draft, "w", 0o600);
		try {
			const bytes = Buffer.from(text);
			for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(draft, path);
	} catch (error) {
		rmSync(draft, { force: true });
		throw new MutoscopeError("storage/failed", { path, reason: reasonOf(error) }, { cause: error });
	}
}

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
	write(name: string, value: z.input<S>): void {
		writeAtomic(this.#path(name), `${JSON.stringify(value, undefined, "\t")}\n`);
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
