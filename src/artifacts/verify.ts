import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { Remote } from "./remote.ts";

/**
 * Reads a fetched file and compares it with what it must be: the pinned hash, else what the server stated before it was
 * fetched. Returns its SHA-256. Throws `artifact/corrupt`.
 */
export async function verify(
	path: string,
	{ repo, file, sha256: pinned }: Artifact,
	{ sha256: stated, blob, size }: Pick<Remote, "sha256" | "blob" | "size">,
	signal: AbortSignal,
): Promise<string> {
	const sha256 = createHash("sha256");
	// A small file of the hub is named by git: SHA-1 over a header and the content.
	const git = blob === undefined ? undefined : createHash("sha1").update(`blob ${size}\0`);
	let bytes = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
		sha256.update(chunk);
		git?.update(chunk);
		bytes += chunk.length;
	}
	const found = sha256.digest("hex");
	const corrupt = (reason: string) => new MutoscopeError("artifact/corrupt", { repo, file, reason });
	if (bytes !== size) throw corrupt(`it is ${bytes} bytes long, not ${size}`);
	const wanted = pinned?.toLowerCase() ?? stated;
	if (wanted !== undefined && wanted !== found) throw corrupt(`its SHA-256 is ${found}, not ${wanted}`);
	if (wanted === undefined && git && git.digest("hex") !== blob) throw corrupt("it is another version");
	return found;
}
