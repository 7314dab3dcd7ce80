import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { MutoscopeError } from "../../base/errors.ts";
import { causeOf, type FeedPackage } from "./feed.ts";

/** Seconds without a byte after which a download is given up. */
const PATIENCE = 30;

/**
 * Fetches a package to `path`, and compares its length and SHA-512 with what its catalogue said.
 *
 * Throws `setup/unreachable` and `setup/corrupt`; then there is no file.
 */
export async function download(
	what: string,
	{ url, bytes, sha512 }: FeedPackage,
	path: string,
	progress: (bytes: number) => void,
	signal: AbortSignal,
): Promise<void> {
	const hash = createHash("sha512");
	const stalled = new AbortController();
	const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${PATIENCE} s`)), PATIENCE * 1000);
	let arrived = 0;
	try {
		const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
		if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`);
		const watch = async function* (chunks: AsyncIterable<Uint8Array>) {
			for await (const chunk of chunks) {
				timer.refresh();
				hash.update(chunk);
				arrived += chunk.length;
				if (arrived > bytes) return; // its length tells
				progress(arrived);
				yield chunk;
			}
		};
		await pipeline(Readable.fromWeb(response.body as ReadableStream), watch, createWriteStream(path, { mode: 0o600 }));
		const found = hash.digest("base64");
		const corrupt = (reason: string) => new MutoscopeError("setup/corrupt", { what, reason });
		if (arrived !== bytes) throw corrupt(`it is ${arrived > bytes ? "longer" : "shorter"} than ${bytes} bytes`);
		if (found !== sha512) throw corrupt(`its SHA-512 is ${found}, not ${sha512}`);
	} catch (error) {
		await rm(path, { force: true });
		signal.throwIfAborted();
		if (error instanceof MutoscopeError) throw error;
		throw new MutoscopeError("setup/unreachable", { what, reason: causeOf(error) }, { cause: error });
	} finally {
		clearTimeout(timer);
	}
}
