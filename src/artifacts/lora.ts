import { createHash } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import { type LoraFile, type Provenance, provenance } from "../protocol/lora.ts";
import { placeOf } from "./place.ts";
import { storageFailed } from "./storage.ts";

const note = z.object({ size: z.number(), modified: z.number(), sha256: z.string(), provenance });
const notes = z.record(z.string(), note);

/** Files that are looked at. */
const ENDINGS = /\.(safetensors|pt|bin)$/;
/** Entries of the folder that are looked at, at most. */
const MOST = 10_000;

/** The folder of LoRA files, its sub-folders included, and what is known of each. */
export class LoraShelf {
	/** `<root>/lora`. */
	readonly folder: string;
	readonly #root: string;
	readonly #notes: string;
	/** What was found out and could not be written down: in a folder that is only to be read. */
	#unwritten: z.output<typeof notes> | undefined;
	/** One thing at a time: all of them write what is known. */
	#last: Promise<unknown> = Promise.resolve();

	/** `root`: the folder of all models. */
	constructor(root: string) {
		this.#root = root;
		this.folder = join(root, "lora");
		this.#notes = join(this.folder, ".mutoscope.json");
	}

	/** What is there, sorted by name. A file that is new is hashed first. */
	list(): Promise<LoraFile[]> {
		return this.#alone(() => this.#list());
	}

	/** A file by its name, or by its sub-folder and name where several share one. Throws `artifact/missing`. */
	get(name: string): Promise<LoraFile> {
		return this.#alone(() => this.#get(name));
	}

	/** Says where a file came from. Throws `artifact/missing`. */
	describe(name: string, said: Provenance): Promise<LoraFile> {
		return this.#alone(async () => {
			const file = await this.#get(name);
			const known = await this.#known();
			const key = this.#key(file.path);
			const kept = known[key];
			if (kept) await this.#write({ ...known, [key]: { ...kept, provenance: said } });
			return { ...file, provenance: said };
		});
	}

	/** Deletes a file. Throws `artifact/missing`. */
	remove(name: string): Promise<void> {
		return this.#alone(async () => {
			const { path } = await this.#get(name);
			const { [this.#key(path)]: _gone, ...others } = await this.#known();
			await Promise.all([rm(path, { force: true }), rm(`${path}.receipt.json`, { force: true })]);
			await this.#write(others);
		});
	}

	/** Where a new file is to lie. Throws `artifact/invalid` for a name that leads elsewhere or is no LoRA's. */
	place(file: string, subfolder = ""): string {
		const within = [...subfolder.split("/"), file].filter((part) => part !== "").join("/");
		if (!file.endsWith(".safetensors")) {
			throw new MutoscopeError("artifact/invalid", {
				repo: "lora",
				file,
				reason: "only .safetensors files are fetched",
			});
		}
		return placeOf(this.#root, { repo: "lora", file: within });
	}

	#alone<T>(act: () => Promise<T>): Promise<T> {
		const done = this.#last.catch(() => {}).then(act); // who asked for that one has heard of it
		this.#last = done;
		return done;
	}

	async #get(name: string): Promise<LoraFile> {
		const wanted = name.replace(ENDINGS, "");
		const files = await this.#list();
		const found =
			files.find((file) => posix.join(file.folder, file.name) === wanted) ??
			files.find((file) => file.name === basename(wanted));
		if (found) return found;
		throw new MutoscopeError("artifact/missing", { repo: "lora", file: name });
	}

	async #list(): Promise<LoraFile[]> {
		const entries = await readdir(this.folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => []);
		const files = entries.filter((entry) => entry.isFile() && ENDINGS.test(entry.name)).slice(0, MOST);
		const known = await this.#known();
		const found: Record<string, z.output<typeof note>> = {};
		const listed: LoraFile[] = [];
		for (const entry of files) {
			const path = join(entry.parentPath, entry.name);
			const there = await stat(path).catch(() => undefined);
			if (!there) continue; // it was taken away meanwhile
			const { size, mtimeMs: modified } = there;
			const key = this.#key(path);
			const kept = known[key];
			const fresh = kept?.size === size && kept.modified === modified;
			const sha256 = fresh ? kept.sha256 : await hash(path);
			found[key] = { size, modified, sha256, provenance: kept?.provenance ?? { source: "local" } };
			const folder = dirname(key) === "." ? "" : dirname(key);
			const { provenance } = found[key];
			listed.push({ name: entry.name.replace(ENDINGS, ""), path, bytes: size, folder, sha256, provenance });
		}
		if (JSON.stringify(found) !== JSON.stringify(known)) {
			const written = await this.#write(found).catch((error: unknown) => error);
			this.#unwritten = written === undefined ? undefined : found;
		}
		return listed.sort((a, b) => a.name.localeCompare(b.name) || a.folder.localeCompare(b.folder));
	}

	#key(path: string): string {
		return relative(this.folder, path).split(sep).join("/");
	}

	async #known(): Promise<z.output<typeof notes>> {
		return this.#unwritten ?? (await this.#read());
	}

	async #read(): Promise<z.output<typeof notes>> {
		try {
			return notes.parse(JSON.parse(await readFile(this.#notes, "utf8")));
		} catch {
			return {};
		}
	}

	async #write(said: z.input<typeof notes>): Promise<void> {
		const draft = `${this.#notes}.draft`;
		try {
			await mkdir(this.folder, { recursive: true });
			await writeFile(draft, `${JSON.stringify(said, undefined, "\t")}\n`);
			await rename(draft, this.#notes);
		} catch (error) {
			throw storageFailed(error, { file: basename(this.#notes) }, this.#notes);
		}
	}
}

/** SHA-256 of a file, in hexadecimal. */
export async function hash(path: string): Promise<string> {
	const sha256 = createHash("sha256");
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sha256.update(chunk);
	return sha256.digest("hex");
}
