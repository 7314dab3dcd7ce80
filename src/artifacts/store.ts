import { readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { bytes } from "../base/bytes.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import { Ledger } from "./ledger.ts";
import { lock } from "./lock.ts";
import { lost, placeOf } from "./place.ts";
import { locate, type Remote, type Sources } from "./remote.ts";
import { storageFailed } from "./storage.ts";
import { type TransferOptions, transfer } from "./transfer.ts";
import { verify } from "./verify.ts";

/** Left free on the disk: a full disk takes recordings and presets with it. */
const MARGIN = 256 * 2 ** 20;

const receipt = z.object({
	sha256: z.string(),
	size: z.number(),
	url: z.string(),
	commit: z.string().optional(),
	fetched: z.string(),
});

/** What is kept beside a file that was fetched and checked. */
type Receipt = z.output<typeof receipt>;

/** A file as it lies on this machine. */
export interface Holding {
	readonly artifact: Artifact;
	readonly path: string;
	/** `checked`: fetched here and verified; `placed`: put there by hand, or by the package that it came with. */
	readonly state: "missing" | "partial" | "placed" | "checked";
	/** Length if it is there. */
	readonly bytes?: number;
	readonly receipt?: Receipt;
}

/** How far fetching has got. */
export interface FetchProgress {
	readonly artifact: Artifact;
	readonly stage: "locating" | "fetching" | "checking" | "done";
	/** Of this file. */
	readonly bytes: number;
	readonly total: number;
}

/** What a store is made of. */
export interface StoreOptions {
	/** Folder of all models. */
	readonly root: string;
	readonly sources: Sources;
	readonly transfer?: Partial<Pick<TransferOptions, "lanes" | "segment" | "tries" | "rest">>;
}

/** The files that pipelines need, on this machine's disk: `<root>/<repository>/<file>`. */
export class ArtifactStore {
	readonly #options: StoreOptions;
	/** Files that are being fetched, by place: pipelines share some. */
	readonly #running = new Map<string, Promise<unknown>>();

	constructor(options: StoreOptions) {
		this.#options = options;
	}

	/** How a file stands. Throws `artifact/invalid` for a name that leads out of the folder. */
	look(artifact: Artifact): Holding {
		const path = placeOf(this.#options.root, artifact);
		const bytes = lengthOf(path);
		if (bytes === undefined) {
			return { artifact, path, state: lengthOf(partOf(path)) === undefined ? "missing" : "partial" };
		}
		const receipt = readReceipt(path);
		return receipt?.size === bytes
			? { artifact, path, state: "checked", bytes, receipt }
			: { artifact, path, state: "placed", bytes };
	}

	/** How long a file is where it is to be had. Throws as `locate` does. */
	locate(artifact: Artifact, signal: AbortSignal): Promise<Remote> {
		return locate(artifact, this.#options.sources, signal);
	}

	/**
	 * Fetches a file if it is not there, goes on where an earlier fetch stopped, checks it, puts it in place whole. Waits for
	 * another fetch of it by this store, whatever comes of that.
	 *
	 * Throws `artifact/…`, `storage/failed` or the signal's reason.
	 */
	async fetch(artifact: Artifact, progress: (progress: FetchProgress) => void, signal: AbortSignal): Promise<Holding> {
		const { path } = this.look(artifact);
		for (let other = this.#running.get(path); other; other = this.#running.get(path)) await orAborted(other, signal);
		const fetching = this.#fetch(artifact, progress, signal).catch((error) => {
			throw storageFailed(error, artifact, path);
		});
		const over = fetching.then(
			() => this.#running.delete(path),
			() => this.#running.delete(path),
		);
		this.#running.set(path, over);
		return fetching;
	}

	async #fetch(artifact: Artifact, progress: (progress: FetchProgress) => void, signal: AbortSignal): Promise<Holding> {
		const before = this.look(artifact);
		const { path } = before;
		const say = (stage: FetchProgress["stage"], bytes: number, total: number) =>
			progress({ artifact, stage, bytes, total });
		if (before.bytes !== undefined) {
			say("done", before.bytes, before.bytes);
			return before;
		}
		if (artifact.shipped !== undefined) throw lost(artifact);
		const part = partOf(path);
		await mkdir(dirname(path), { recursive: true });
		await using _held = await lock(`${path}.lock`, artifact);
		say("locating", 0, artifact.bytes ?? 0);
		const remote = await this.locate(artifact, signal);
		const ledger = new Ledger(`${part}.json`, remote.etag, remote.size);
		// What names no version may be another file by now, and one that is not as long as it was made has lost bytes.
		if (lengthOf(part) !== remote.size || (remote.etag === "" && artifact.sha256 === undefined)) ledger.clear();
		await this.#requireSpace(artifact, path, remote.size - ledger.bytes);
		const { lanes = 4, segment = 64 * 2 ** 20, tries = 8, rest = 0.5 } = this.#options.transfer ?? {};
		const { patience } = this.#options.sources;
		const fetching = (bytes: number) => say("fetching", bytes, remote.size);
		fetching(ledger.bytes);
		await transfer(
			artifact,
			remote,
			part,
			ledger,
			{ lanes, segment, tries, rest, patience, progress: fetching },
			signal,
		);
		say("checking", remote.size, remote.size);
		const sha256 = await verify(part, artifact, remote, signal).catch(async (error) => {
			if (error instanceof MutoscopeError) await Promise.all([rm(part, { force: true }), ledger.remove()]);
			throw error;
		});
		await writeReceipt(path, { sha256, size: remote.size, url: remote.url, commit: remote.commit, fetched: now() });
		await rename(part, path);
		await ledger.remove();
		say("done", remote.size, remote.size);
		return this.look(artifact);
	}

	/** Takes a file and everything kept beside it off the disk. Whether there was one. What came with a package stays. */
	async remove(artifact: Artifact): Promise<boolean> {
		if (artifact.shipped !== undefined) return false;
		const { path, state } = this.look(artifact);
		const beside = [path, receiptOf(path), partOf(path), `${partOf(path)}.json`];
		await Promise.all(beside.map((each) => rm(each, { force: true })));
		return state !== "missing";
	}

	async #requireSpace({ file }: Artifact, path: string, needed: number): Promise<void> {
		const folder = dirname(path);
		const { bavail, bsize } = await statfs(folder);
		const free = bavail * bsize;
		if (needed + MARGIN <= free) return;
		throw new MutoscopeError("artifact/no-space", { file, folder, needed: bytes(needed), free: bytes(free) });
	}
}

function lengthOf(path: string): number | undefined {
	const found = statSync(path, { throwIfNoEntry: false });
	return found?.isFile() ? found.size : undefined;
}

function partOf(path: string): string {
	return `${path}.part`;
}

function receiptOf(path: string): string {
	return `${path}.receipt.json`;
}

function readReceipt(path: string): Receipt | undefined {
	try {
		return receipt.parse(JSON.parse(readFileSync(receiptOf(path), "utf8")));
	} catch {
		return undefined;
	}
}

async function writeReceipt(path: string, said: z.input<typeof receipt>): Promise<void> {
	const draft = `${receiptOf(path)}.draft`;
	await writeFile(draft, `${JSON.stringify(said, undefined, "\t")}\n`);
	await rename(draft, receiptOf(path));
}

function now(): string {
	return new Date().toISOString();
}

/** Waits for `promise`, which never rejects. Rejects with the signal's reason. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort);
	try {
		await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener("abort", abort);
	}
}
