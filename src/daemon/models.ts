import { Fetching } from "../artifacts/fetching.ts";
import { neededUnder } from "../artifacts/needed.ts";
import { ArtifactStore, type FetchProgress, type StoreOptions } from "../artifacts/store.ts";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { DownloadStatus } from "../protocol/messages.ts";
import type { ModelFile, ModelFiles } from "../server/models.ts";

/** What the models need of the daemon. */
export interface ModelsOptions {
	readonly store: StoreOptions;
	readonly log: Log;
	/** Every file that a pipeline may need. Throws `pipeline/unknown`. */
	artifacts(pipeline: string): readonly Artifact[];
	/** A value of the pipeline as it is turned now where it plays, else its default. */
	valueAt(pipeline: string, address: string): unknown;
	/** A pipeline's files are all there now. */
	ready(pipeline: string): void;
}

interface Download {
	readonly abort: AbortController;
	readonly over: Promise<void>;
	readonly done: Map<string, FetchProgress>;
	status: DownloadStatus;
}

/** The files of pipelines: which are there, and which are on their way. */
export class Models implements AsyncDisposable {
	readonly #options: ModelsOptions;
	readonly #store: ArtifactStore;
	readonly #fetching: Fetching;
	readonly #downloads = new Map<string, Download>();

	constructor(options: ModelsOptions) {
		this.#options = options;
		this.#store = new ArtifactStore(options.store);
		this.#fetching = new Fetching(options.store);
	}

	/** What is on its way, or failed to come. */
	get downloads(): readonly DownloadStatus[] {
		return [...this.#downloads.values()].map(({ status }) => status);
	}

	/** How a pipeline's files stand. Throws `pipeline/unknown`. */
	files(pipeline: string): ModelFiles {
		const all = this.#options.artifacts(pipeline);
		const needed = new Set(this.#needed(pipeline));
		const files = all.map((artifact): ModelFile => {
			const { state, bytes, receipt } = this.#store.look(artifact);
			const length = bytes ?? artifact.bytes;
			return {
				repo: artifact.repo,
				file: artifact.file,
				state,
				needed: needed.has(artifact),
				...(artifact.shipped === undefined ? {} : { shipped: true }),
				...(length === undefined ? {} : { bytes: length }),
				...(receipt === undefined ? {} : { sha256: receipt.sha256 }),
			};
		});
		const downloaded = files.every(({ needed, state }) => !needed || state === "placed" || state === "checked");
		const download = this.#downloads.get(pipeline)?.status;
		return { pipeline, downloaded, files, ...(download ? { download } : {}) };
	}

	/**
	 * Begins to fetch what a pipeline needs as it is turned now, or with `all` everything that it may need.
	 *
	 * Throws `pipeline/unknown`, `artifact/busy` while it is being fetched already.
	 */
	download(pipeline: string, all: boolean): DownloadStatus {
		const wanted = all ? this.#options.artifacts(pipeline) : this.#needed(pipeline);
		if (this.#downloads.get(pipeline)?.status.state === "running") {
			throw new MutoscopeError("artifact/busy", { repo: pipeline, file: "Everything", pid: process.pid });
		}
		const abort = new AbortController();
		const { promise: over, resolve } = Promise.withResolvers<void>();
		const download: Download = {
			abort,
			over,
			done: new Map(),
			status: { pipeline, state: "running", stage: "locating", file: "", bytes: 0, total: 0, fraction: 0 },
		};
		this.#downloads.set(pipeline, download);
		const settle = (error?: unknown) => {
			this.#settle(download, error);
			resolve();
		};
		this.#fetching
			.fetch(wanted, (progress) => this.#moved(download, wanted, progress), abort.signal)
			.then(
				() => settle(),
				(error: unknown) => settle(error),
			);
		return download.status;
	}

	/** Stops fetching; what has arrived stays. Whether there was something to stop. */
	async cancel(pipeline: string): Promise<boolean> {
		const download = this.#downloads.get(pipeline);
		if (download?.status.state !== "running") return false;
		download.abort.abort(new Error("it was called off"));
		await download.over;
		this.#forget(download);
		return true;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const { abort } of this.#downloads.values()) abort.abort(new Error("the daemon ends"));
		await Promise.all([...this.#downloads.values()].map(({ over }) => over));
		await this.#fetching[Symbol.asyncDispose]();
	}

	#needed(pipeline: string): readonly Artifact[] {
		const { artifacts, valueAt } = this.#options;
		return neededUnder(artifacts(pipeline), (address) => valueAt(pipeline, address));
	}

	#moved(download: Download, wanted: readonly Artifact[], progress: FetchProgress): void {
		const { artifact, stage } = progress;
		download.done.set(`${artifact.repo}/${artifact.file}`, progress);
		const of = (each: Artifact) => download.done.get(`${each.repo}/${each.file}`);
		const bytes = wanted.reduce((sum, each) => sum + (of(each)?.bytes ?? 0), 0);
		const total = wanted.reduce((sum, each) => sum + (of(each)?.total ?? each.bytes ?? 0), 0);
		const share = (each: Artifact) => (of(each)?.bytes ?? 0) / Math.max(1, of(each)?.total ?? 0);
		// Lengths that nobody has stated yet are not in the total: then every file counts the same.
		const known = wanted.every((each) => (of(each)?.total ?? each.bytes ?? 0) > 0);
		const shares = wanted.reduce((sum, each) => sum + share(each), 0);
		const fraction = known && total > 0 ? bytes / total : shares / Math.max(1, wanted.length);
		download.status = { ...download.status, stage, file: `${artifact.repo}/${artifact.file}`, bytes, total, fraction };
	}

	#settle(download: Download, error: unknown): void {
		const { pipeline } = download.status;
		if (error !== undefined) {
			download.status = { ...download.status, state: "failed", reason: reasonOf(error) };
			if (!download.abort.signal.aborted) this.#options.log.warn("files could not be fetched", { pipeline, error });
			return;
		}
		this.#forget(download);
		this.#options.ready(pipeline);
	}

	/** It is no news any more, unless another was begun meanwhile. */
	#forget(download: Download): void {
		const { pipeline } = download.status;
		if (this.#downloads.get(pipeline) === download) this.#downloads.delete(pipeline);
	}
}
