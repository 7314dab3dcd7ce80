import { mkdir, readdir, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { bytes, MutoscopeError } from "mutoscope/sdk";

/** Merges of other processes that are kept, the newest used: each is as large as the tensors it changes. */
const KEPT = 3;
/** Merges of this process that are kept: two pipelines may be held, each with its own adapter and those of the user. */
const OWN = 4;
/** Bytes that are left free: a full disk takes recordings and presets with it. */
const SPARE = 1e9;

/** Merges that models of this process may still be reading, the one used last at the end. */
let inUse: readonly string[] = [];

/**
 * The place of a merge, made if it is not there. Merges that were not used for long are taken off the disk.
 */
export async function placeOf(folder: string, key: string): Promise<string> {
	const place = join(folder, key);
	await mkdir(place, { recursive: true });
	const now = new Date();
	await utimes(place, now, now);
	inUse = [...inUse.filter((other) => other !== place), place].slice(-OWN);
	const others = (await readdir(folder)).map((name) => join(folder, name)).filter((other) => !inUse.includes(other));
	const dated = await Promise.all(others.map(async (other) => [other, (await stat(other)).mtimeMs] as const));
	const old = dated.sort(([, a], [, b]) => b - a).slice(KEPT);
	// Where another process has one open (Windows), it stays until the next time.
	for (const [other] of old) await rm(other, { recursive: true, force: true }).catch(() => undefined);
	return place;
}

/** Throws `artifact/no-space` unless a file of `size` bytes finds room in a folder. */
export async function ensureRoom(folder: string, file: string, size: number): Promise<void> {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	if (free >= size + SPARE) return;
	throw new MutoscopeError("artifact/no-space", {
		file,
		folder,
		needed: bytes(size + SPARE),
		free: bytes(free),
	});
}
