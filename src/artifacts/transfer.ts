import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Backoff } from "../base/backoff.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { Ledger, Span } from "./ledger.ts";
import { causeOf, codingOf, type Remote } from "./remote.ts";
import { storageFailed } from "./storage.ts";

/** How a file is fetched. */
export interface TransferOptions {
	/** Connections at a time. */
	readonly lanes: number;
	/** Bytes that one request asks for at most. */
	readonly segment: number;
	/** Seconds in which a connection has to bring something worth it, or is given up. */
	readonly patience: number;
	/** Failures in a row, with next to nothing between them, after which the fetch is given up. */
	readonly tries: number;
	/** Seconds before the first further try, doubled with each. */
	readonly rest: number;
	/** So many bytes of the file are there. */
	progress(bytes: number): void;
}

/** Seconds between two times that the ledger is written. */
const KEEP = 2;
/** Bytes that a connection has to bring within the patience: one that drips holds up a fetch as one that is silent. */
const LEAST = 1024;

/**
 * Brings every missing byte of a file into `path`, over several connections, going on where the ledger says.
 *
 * A connection that stalls, breaks or brings too little is opened anew from the byte that it reached. A server that knows
 * no ranges is read in one go. Throws `artifact/unreachable`, `artifact/forbidden`, `artifact/corrupt` where the file was
 * changed meanwhile, `artifact/no-space`, `storage/failed`, or the signal's reason; what has arrived stays.
 */
export async function transfer(
	artifact: Artifact,
	remote: Remote,
	path: string,
	ledger: Ledger,
	options: TransferOptions,
	signal: AbortSignal,
): Promise<void> {
	const file = await open(path, ledger.bytes > 0 ? "r+" : "w", 0o600);
	const keeper = setInterval(() => void ledger.save().catch(() => {}), KEEP * 1000); // the last one tells
	try {
		await file.truncate(remote.size);
		const write = (bytes: Uint8Array, at: number) => writeAll(file, bytes, at);
		await new Lanes(artifact, remote, { path, write }, ledger, options).run(signal);
		await file.sync();
	} finally {
		clearInterval(keeper);
		await file.close();
		// Without it the next fetch begins at the beginning, which is no reason to say another error than the first.
		await ledger.save().catch(() => {});
	}
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
	for (let done = 0; done < bytes.length; ) {
		const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
		done += bytesWritten;
	}
}

/** Where bytes go. */
interface Place {
	readonly path: string;
	write(bytes: Uint8Array, at: number): Promise<void>;
}

class Lanes {
	readonly #artifact: Artifact;
	readonly #remote: Remote;
	readonly #place: Place;
	readonly #ledger: Ledger;
	readonly #options: TransferOptions;
	readonly #backoff: Backoff;
	#waiting: Span[] = [];
	#failures = 0;
	/** Whether the server answers with the whole file whatever it is asked for. */
	#whole = false;

	constructor(artifact: Artifact, remote: Remote, place: Place, ledger: Ledger, options: TransferOptions) {
		this.#artifact = artifact;
		this.#remote = remote;
		this.#place = place;
		this.#ledger = ledger;
		this.#options = options;
		this.#backoff = new Backoff({ first: options.rest, most: 30 });
	}

	async run(signal: AbortSignal): Promise<void> {
		for (;;) {
			this.#waiting = this.#whole ? [[0, this.#remote.size]] : this.#cut();
			if (this.#ledger.missing().length === 0) return;
			const stop = new AbortController();
			const within = AbortSignal.any([signal, stop.signal]);
			const lanes = Array.from({ length: this.#whole ? 1 : this.#options.lanes }, async () => {
				try {
					for (let span = this.#waiting.shift(); span; span = this.#waiting.shift()) await this.#bring(span, within);
				} catch (error) {
					stop.abort(error);
					throw error;
				}
			});
			await Promise.allSettled(lanes);
			signal.throwIfAborted();
			// The first failure stopped the others: theirs only say so.
			if (!stop.signal.aborted) continue;
			if (!(stop.signal.reason instanceof RangesRefused)) throw stop.signal.reason;
			this.#whole = true;
			this.#ledger.clear();
		}
	}

	#cut(): Span[] {
		const { segment } = this.#options;
		return this.#ledger.missing().flatMap(([from, to]) => {
			const pieces = Math.ceil((to - from) / segment);
			return Array.from(
				{ length: pieces },
				(_, i): Span => [from + i * segment, Math.min(to, from + (i + 1) * segment)],
			);
		});
	}

	/** Brings a span, however many connections it takes. */
	async #bring([from, to]: Span, signal: AbortSignal): Promise<void> {
		for (let at = from; at < to; ) {
			const begun = this.#whole ? from : at;
			if (this.#whole) this.#ledger.clear();
			try {
				at = begun;
				for await (const bytes of this.#read([begun, to], signal)) {
					await this.#write(bytes, at);
					this.#ledger.add([at, at + bytes.length]);
					at += bytes.length;
					if (at - begun >= LEAST || at >= to) this.#advanced();
					this.#options.progress(this.#ledger.bytes);
				}
				if (at < to) throw new Error(`the connection ended ${to - at} bytes early`);
			} catch (error) {
				signal.throwIfAborted();
				if (error instanceof MutoscopeError || error instanceof RangesRefused) throw error;
				if (at > begun && !(error instanceof Stalled)) this.#advanced();
				if (++this.#failures > this.#options.tries) throw this.#unreachable(error);
				const asked = error instanceof Busy ? error.seconds : 0;
				await sleep(Math.max(asked, this.#backoff.next()) * 1000, undefined, { signal });
			}
		}
	}

	async #write(bytes: Uint8Array, at: number): Promise<void> {
		try {
			await this.#place.write(bytes, at);
		} catch (error) {
			throw storageFailed(error, this.#artifact, this.#place.path, this.#remote.size - this.#ledger.bytes);
		}
	}

	/** It gets on; where each try begins at the first byte, only the end counts. */
	#advanced(): void {
		if (this.#whole) return;
		this.#failures = 0;
		this.#backoff.reset();
	}

	/** What one connection brings of a span: never more than was asked for. */
	async *#read([from, to]: Span, signal: AbortSignal): AsyncGenerator<Uint8Array> {
		const { url, headers, size } = this.#remote;
		const stalled = new AbortController();
		const within = AbortSignal.any([signal, stalled.signal]);
		let brought = 0;
		const timer = setInterval(() => {
			if (brought < LEAST) stalled.abort(new Stalled("next to nothing came for a while"));
			brought = 0;
		}, this.#options.patience * 1000);
		const range: Record<string, string> = this.#whole ? {} : { range: `bytes=${from}-${to - 1}` };
		try {
			const response = await fetch(url, { headers: { ...headers, ...range }, signal: within });
			this.#check(response, [from, to], size);
			let left = to - from;
			for await (const chunk of response.body ?? []) {
				brought += chunk.length;
				const bytes = chunk.subarray(0, left);
				left -= bytes.length;
				if (bytes.length > 0) yield bytes;
				if (left === 0) return;
			}
		} catch (error) {
			throw stalled.signal.aborted ? stalled.signal.reason : error;
		} finally {
			clearInterval(timer);
			// A server that sends more than was asked for is not listened to.
			stalled.abort();
		}
	}

	#check(response: Response, [from, to]: Span, size: number): void {
		const { repo, file } = this.#artifact;
		const { status } = response;
		const host = new URL(this.#remote.url).host;
		if (status === 401 || status === 403) throw new MutoscopeError("artifact/forbidden", { repo, file, host });
		if (status === 429 || status >= 500) throw new Busy(status, Number(response.headers.get("retry-after")));
		const coding = codingOf(response);
		if (coding !== undefined) throw this.#unreachable(new Error(`${host} sends it compressed (${coding})`));
		this.#checkVersion(response);
		if (status === 206 && !this.#whole) {
			const said = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
			const [first, last, total] = said ? said.slice(1).map(Number) : [];
			if (first !== from || last !== to - 1 || (Number.isFinite(total) && total !== size)) {
				throw new Error("other bytes were sent than were asked for");
			}
			return;
		}
		if (status !== 200) throw new Error(`${host} answered ${status}`);
		const length = response.headers.get("content-length");
		if (length !== null && Number(length) !== size) {
			throw new Error(`${host} first spoke of ${size} bytes and then of ${length}`);
		}
		if (!this.#whole && (from !== 0 || to !== size)) throw new RangesRefused();
	}

	/** Parts of two versions are no file. Where its hash is known, that tells; mirrors may name one file differently. */
	#checkVersion({ headers }: Response): void {
		const { repo, file, sha256 } = this.#artifact;
		const { version, sha256: stated, blob } = this.#remote;
		const said = headers.get("etag");
		if (sha256 ?? stated ?? blob ?? (version === undefined || said === null || said === version)) return;
		this.#ledger.clear();
		throw new MutoscopeError("artifact/corrupt", { repo, file, reason: "it was changed while it was fetched" });
	}

	#unreachable(error: unknown): MutoscopeError {
		const { repo, file } = this.#artifact;
		return new MutoscopeError("artifact/unreachable", { repo, file, reason: causeOf(error) }, { cause: error });
	}
}

/** The server sends the whole file whatever part is asked for. */
class RangesRefused extends Error {}

/** A connection brought next to nothing for longer than there is patience. */
class Stalled extends Error {}

/** The server asks to come back later. */
class Busy extends Error {
	readonly seconds: number;
	constructor(status: number, seconds: number) {
		super(`the server answered ${status}`);
		this.seconds = Number.isFinite(seconds) ? Math.min(seconds, 60) : 0;
	}
}
