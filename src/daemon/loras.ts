import { basename, relative, sep } from "node:path";
import { civitaiFile } from "../artifacts/civitai.ts";
import { Fetching } from "../artifacts/fetching.ts";
import { LoraShelf } from "../artifacts/lora.ts";
import { ShippedLoras } from "../artifacts/shipped.ts";
import { ArtifactStore, type StoreOptions } from "../artifacts/store.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { LoraFile, Provenance } from "../protocol/lora.ts";
import type { Loras, LoraWish } from "../server/models.ts";

/** LoRA files as clients see them: listed, fetched from the sites that we know, described, deleted. */
export class LoraFolder implements Loras, AsyncDisposable {
	readonly #options: StoreOptions;
	readonly #shelf: LoraShelf;
	readonly #shipped: ShippedLoras;
	readonly #store: ArtifactStore;
	readonly #fetching: Fetching;

	/** `artifacts`: what pipelines need, for the LoRA files that came with them. */
	constructor(options: StoreOptions, artifacts: () => Iterable<Artifact> = () => []) {
		this.#store = new ArtifactStore(options);
		this.#options = options;
		this.#shelf = new LoraShelf(options.root);
		this.#shipped = new ShippedLoras(artifacts);
		this.#fetching = new Fetching(options);
	}

	/** Those of the folder, then those that came with packages; the folder's stand for others of their path. */
	async list(): Promise<LoraFile[]> {
		const own = await this.#shelf.list();
		const shipped = await this.#shipped.list();
		return [...own, ...shipped.filter((one) => !own.some((other) => samePath(one, other)))];
	}

	async fetch(wish: LoraWish, signal: AbortSignal): Promise<LoraFile> {
		const { artifact, said } = await this.#resolve(wish, signal);
		const name = basename(wish.filename ?? artifact.file);
		const place = this.#shelf.place(name, wish.subfolder);
		const file = relative(this.#shelf.folder, place).split(sep).join("/");
		const sha256 = wish.expected_sha256 ?? artifact.sha256;
		const wanted = { ...artifact, repo: "lora", file, ...(sha256 === undefined ? {} : { sha256 }) };
		await this.#fetching.fetch([wanted], () => {}, signal);
		await this.#requireSame(wanted);
		return this.#shelf.describe(file, said);
	}

	remove(name: string): Promise<void> {
		return this.#shelf.remove(name);
	}

	describe(name: string, said: Provenance): Promise<LoraFile> {
		return this.#shelf.describe(name, said);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#fetching[Symbol.asyncDispose]();
	}

	/** Files of many LoRAs are called the same: the one that was there before is not taken for the one that is wanted. */
	async #requireSame(wanted: Artifact): Promise<void> {
		if (this.#store.look(wanted).receipt?.url === wanted.url && wanted.sha256 === undefined) return;
		const { sha256 } = await this.#shelf.get(wanted.file);
		if (sha256 === wanted.sha256?.toLowerCase()) return;
		const reason = "another file of this name is there; it can lie in another folder";
		throw new MutoscopeError("artifact/invalid", { repo: "lora", file: wanted.file, reason });
	}

	async #resolve(wish: LoraWish, signal: AbortSignal): Promise<{ artifact: Artifact; said: Provenance }> {
		const { sources } = this.#options;
		const { source, repo_id, hf_filename, model_id, version_id, url } = wish;
		if (source === "civitai") {
			const [model = model_id, version = version_id] = url === undefined ? [] : civitaiIds(url);
			const artifact = await civitaiFile({ modelId: model, versionId: version }, sources, signal);
			return { artifact, said: { source, model_id: model, version_id: version, url: artifact.url } };
		}
		if (source === "huggingface" && repo_id && hf_filename) {
			const endpoint = sources.endpoints[0]?.replace(/\/+$/, "") ?? "";
			const path = [...repo_id.split("/"), "resolve", "main", ...hf_filename.split("/")]
				.map(encodeURIComponent)
				.join("/");
			return {
				artifact: { repo: "lora", file: hf_filename, url: `${endpoint}/${path}` },
				said: { source, repo_id, hf_filename },
			};
		}
		if (url === undefined) throw invalid("it names neither a file nor an address");
		const address = this.#known(url);
		return {
			artifact: { repo: "lora", file: plain(address.pathname), url: address.href },
			said: { source: "url", url },
		};
	}

	/** Only hosts that we know: an address that anyone may send must not make this machine knock at any door. */
	#known(url: string): URL {
		const { endpoints, civitai } = this.#options.sources;
		const address = URL.parse(url);
		const hosts = [...endpoints, civitai, "https://huggingface.co", "https://hf.co"].map(
			(each) => new URL(each).origin,
		);
		if (!address || !hosts.includes(address.origin)) {
			throw invalid(`files are fetched from ${[...new Set(hosts)].join(", ")} only`);
		}
		if (address.pathname.includes("/blob/")) throw invalid("that is the file's page; its address has /resolve/ in it");
		return address;
	}
}

function samePath(one: LoraFile, other: LoraFile): boolean {
	return one.name === other.name && one.folder === other.folder;
}

/** A path without its escapes: `%20` is no part of a name. */
function plain(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

/** Model and version of an address of CivitAI. */
function civitaiIds(url: string): (string | undefined)[] {
	const address = URL.parse(url);
	const download = /\/api\/download\/models\/(\d+)/.exec(address?.pathname ?? "")?.[1];
	const model = /\/models\/(\d+)/.exec(address?.pathname ?? "")?.[1];
	return download ? [undefined, download] : [model, address?.searchParams.get("modelVersionId") ?? undefined];
}

function invalid(reason: string): MutoscopeError {
	return new MutoscopeError("artifact/invalid", { repo: "lora", file: "It", reason });
}
