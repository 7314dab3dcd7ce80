import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MutoscopeError, reasonOf } from "mutoscope/sdk";

/** What the system says, in words. */
const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "there is no such file",
	ENOTDIR: "there is no such file",
	EACCES: "this user may not read it",
	EPERM: "this user may not read it",
	ELOOP: "its links lead in a circle",
	ENAMETOOLONG: "its name is too long",
};

/** Where a file is. */
export interface LocalFile {
	/** Absolute. Of a sequence, with `%d` or `%04d` where the number goes. */
	readonly path: string;
	/** The number of a sequence's first picture; absent of a single file. */
	readonly first?: number;
}

/**
 * A plain local file that can be read, or a sequence of such: `frame-%04d.png`. Throws `source/unreadable`; URLs of any kind but
 * `file:///` are refused.
 */
export async function localFile(given: string): Promise<LocalFile> {
	if (!given) throw unreadable("No file", "none was chosen");
	if (given.includes("\0")) throw unreadable(given.replaceAll("\0", "?"), "its name is not a name");
	const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(given);
	if (isUrl && !/^file:\/\/\//i.test(given)) throw unreadable(given, "only files on this machine are played");
	try {
		const path = isUrl ? fileURLToPath(given) : resolve(given);
		const first = await firstOfSequence(path);
		await check(given, first === undefined ? path : numbered(path, first));
		return { path, ...(first !== undefined && { first }) };
	} catch (error) {
		const { code } = error as { code?: string };
		if (code === "source/unreadable") throw error;
		throw unreadable(given, REASONS[code ?? ""] ?? reasonOf(error), error);
	}
}

async function check(given: string, path: string): Promise<void> {
	const found = await stat(path);
	if (found.isDirectory()) throw unreadable(given, "it is a folder");
	if (!found.isFile()) throw unreadable(given, "it is not a plain file");
	if (found.size === 0) throw unreadable(given, "it is empty");
	await access(path, constants.R_OK);
}

const NUMBER = /%(?:0(\d))?d/;

/** The smallest number in a folder that makes a sequence's name, if `path` is one and not the name of a file itself. */
async function firstOfSequence(path: string): Promise<number | undefined> {
	const name = basename(path);
	if (!NUMBER.test(name) || (await stat(path).catch(() => undefined))) return undefined;
	const [before = "", after = ""] = name.split(NUMBER.exec(name)?.[0] ?? "");
	const numbers = (await readdir(dirname(path)))
		.filter((file) => file.startsWith(before) && file.endsWith(after))
		.map((file) => Number.parseInt(file.slice(before.length), 10))
		.filter((number) => number >= 0);
	return numbers.length > 0 ? Math.min(...numbers) : undefined;
}

function numbered(path: string, number: number): string {
	const name = basename(path).replace(NUMBER, (_, digits = "0") => String(number).padStart(Number(digits), "0"));
	return resolve(dirname(path), name);
}

/** `source/unreadable` for a file. */
export function unreadable(path: string, reason: string, cause?: unknown): MutoscopeError {
	return new MutoscopeError("source/unreadable", { source: path, reason }, { cause });
}
