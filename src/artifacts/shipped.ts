import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artifact } from "../contract/artifact.ts";
import type { LoraFile } from "../protocol/lora.ts";
import { hash } from "./lora.ts";

/** The LoRA files that came with packages: artifacts of the repository `lora`, whose folders say for which model. */
export class ShippedLoras {
	readonly #artifacts: () => Iterable<Artifact>;
	/** By place: files of a package do not change. */
	readonly #hashes = new Map<string, string>();

	/** `artifacts`: all that pipelines need; looked through at every listing, for plugins come and go. */
	constructor(artifacts: () => Iterable<Artifact>) {
		this.#artifacts = artifacts;
	}

	/** Those that are there, sorted by name. */
	async list(): Promise<LoraFile[]> {
		const listed: LoraFile[] = [];
		for (const { repo, file, shipped } of this.#artifacts()) {
			if (repo !== "lora" || shipped === undefined) continue;
			const path = fileURLToPath(shipped);
			const there = await stat(path).catch(() => undefined);
			if (!there) continue;
			const sha256 = this.#hashes.get(path) ?? (await hash(path));
			this.#hashes.set(path, sha256);
			const { name, dir: folder } = posix.parse(file);
			listed.push({ name, path, bytes: there.size, folder, sha256, provenance: { source: "local" }, readOnly: true });
		}
		return listed.sort((a, b) => a.name.localeCompare(b.name));
	}
}
