import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";

/** Where files are asked for, and as whom. */
export interface Sources {
	/** Hugging Face hub and mirrors of it, in the order in which they are tried: `https://huggingface.co`. */
	readonly endpoints: readonly string[];
	/** CivitAI, or a mirror of it. */
	readonly civitai: string;
	/** Tokens by host name. They are sent to that host only. */
	readonly tokens: Readonly<Record<string, string>>;
	/** Seconds without a byte after which a connection is given up. */
	readonly patience: number;
}

/** A file as a server describes it. */
export interface Remote {
	/** Where each part of it is asked for. Redirections to signed addresses happen anew each time, for they expire. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly size: number;
	/** Names this version of the file; empty where nothing does. */
	readonly etag: string;
	/** The strong ETag that every part of the file comes with, if the server said one for the file itself. */
	readonly version?: string;
	/** What the server says it hashes to; stored large files of the hub say so. */
	readonly sha256?: string;
	/** The git object's name, for small files of the hub. */
	readonly blob?: string;
	/** The commit that the revision stands for now. */
	readonly commit?: string;
}

/** Redirections within one host that are followed: a repository that was renamed. */
const HOPS = 5;

/**
 * Asks where a file is, how long, and what it hashes to. Tries one endpoint after the other.
 *
 * Throws the last endpoint's `artifact/unknown`, `artifact/forbidden` or `artifact/unreachable`.
 */
export async function locate(artifact: Artifact, sources: Sources, signal: AbortSignal): Promise<Remote> {
	const { url, repo, file, revision = "main" } = artifact;
	const path = [...repo.split("/"), "resolve", revision, ...file.split("/")].map(encodeURIComponent).join("/");
	const places = url ? [url] : sources.endpoints.map((endpoint) => `${endpoint.replace(/\/+$/, "")}/${path}`);
	let failure: unknown = new MutoscopeError("artifact/invalid", { repo, file, reason: "no endpoint is configured" });
	for (const place of places) {
		signal.throwIfAborted();
		if (!isWeb(place)) {
			throw new MutoscopeError("artifact/invalid", { repo, file, reason: "its address is neither http nor https" });
		}
		try {
			return await ask(artifact, place, sources, signal);
		} catch (error) {
			failure = error;
		}
	}
	signal.throwIfAborted();
	throw failure;
}

async function ask(artifact: Artifact, url: string, sources: Sources, signal: AbortSignal): Promise<Remote> {
	const { repo, file } = artifact;
	const { host } = new URL(url);
	const call = (place: string, init: RequestInit) => {
		const headers = { ...headersFor(place, sources), ...init.headers };
		const within = AbortSignal.any([signal, AbortSignal.timeout(sources.patience * 1000)]);
		return fetch(place, { ...init, headers, signal: within }).catch((error) => {
			signal.throwIfAborted();
			throw new MutoscopeError("artifact/unreachable", { repo, file, reason: causeOf(error) }, { cause: error });
		});
	};
	let response = await call(url, { method: "HEAD", redirect: "manual" });
	for (let hop = 0, place = url; hop < HOPS && lengthIn(response) === undefined; hop++) {
		const to = response.headers.get("location");
		const next = to === null ? null : URL.parse(to, place);
		if (!next || !isWeb(next.href)) break;
		place = next.href;
		response = await call(place, { method: "HEAD", redirect: "manual" });
	}
	if (lengthIn(response) === undefined && (response.ok || [403, 405, 501].includes(response.status))) {
		// An address that is signed for reading cannot be asked for its head, or that says no length: one byte is read.
		response = await call(url, { headers: { range: "bytes=0-0" } });
		await response.body?.cancel();
	}
	if (response.status === 404) throw new MutoscopeError("artifact/unknown", { repo, file, host });
	if (response.status === 401 || response.status === 403) {
		throw new MutoscopeError("artifact/forbidden", { repo, file, host });
	}
	const size = lengthIn(response);
	if (response.status >= 400 || size === undefined) {
		const reason = `${host} answered ${response.status} and no length`;
		throw new MutoscopeError("artifact/unreachable", { repo, file, reason });
	}
	const coding = codingOf(response);
	if (coding !== undefined) {
		throw new MutoscopeError("artifact/unreachable", { repo, file, reason: `${host} sends it compressed (${coding})` });
	}
	// Parts are asked for at the first address: those it leads to are signed, and expire.
	return describe(url, headersFor(url, sources), size, response);
}

function isWeb(url: string): boolean {
	return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}

/** How an answer is compressed, though that was not wanted: its length and its parts are others than the file's. */
export function codingOf({ headers }: Response): string | undefined {
	const coding = headers.get("content-encoding")?.trim() ?? "";
	return coding === "" || coding === "identity" ? undefined : coding;
}

/** The length of the whole file, if an answer says it. */
function lengthIn({ headers, status }: Response): number | undefined {
	const total = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
	const said =
		headers.get("x-linked-size") ?? (status === 200 ? headers.get("content-length") : status === 206 ? total : null);
	const size = Number(said ?? Number.NaN);
	return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

function describe(url: string, headers: Record<string, string>, size: number, response: Response): Remote {
	const { headers: said, ok } = response;
	const plain = said.get("etag");
	const named = said.get("x-linked-etag") ?? plain ?? said.get("last-modified") ?? "";
	const etag = named.replace(/^W\//, "").replaceAll('"', "");
	const commit = said.get("x-repo-commit");
	return {
		url,
		headers,
		size,
		etag,
		...(ok && plain?.startsWith('"') ? { version: plain } : {}),
		...(/^[0-9a-f]{64}$/.test(etag) ? { sha256: etag } : {}),
		...(/^[0-9a-f]{40}$/.test(etag) && commit !== null ? { blob: etag } : {}),
		...(commit === null ? {} : { commit }),
	};
}

/** A token goes to its own host and nowhere else; `fetch` drops it when it is sent on to another. */
function headersFor(url: string, { tokens }: Sources): Record<string, string> {
	const token = tokens[new URL(url).hostname];
	// What is compressed on the way has another length, and parts of it cannot be asked for.
	return { "accept-encoding": "identity", ...(token ? { authorization: `Bearer ${token}` } : {}) };
}

/** `fetch` says "fetch failed" and hides what did. */
export function causeOf(error: unknown): string {
	const cause = error instanceof Error ? error.cause : undefined;
	return reasonOf(cause ?? error);
}
