import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
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

/** The absolute path of a plain local file that can be read. Throws `source/unreadable`; URLs of any other kind are refused. */
export async function localFile(given: string): Promise<string> {
	if (!given) throw unreadable("No file", "none was chosen");
	if (given.includes("\0")) throw unreadable(given.replaceAll("\0", "?"), "its name is not a name");
	const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(given);
	if (isUrl && !/^file:\/\/\//i.test(given)) throw unreadable(given, "only files on this machine are played");
	try {
		const path = isUrl ? fileURLToPath(given) : resolve(given);
		const found = await stat(path);
		if (found.isDirectory()) throw unreadable(given, "it is a folder");
		if (!found.isFile()) throw unreadable(given, "it is not a plain file");
		if (found.size === 0) throw unreadable(given, "it is empty");
		await access(path, constants.R_OK);
		return path;
	} catch (error) {
		const { code } = error as { code?: string };
		if (code === "source/unreadable") throw error;
		throw unreadable(given, REASONS[code ?? ""] ?? reasonOf(error), error);
	}
}

/** `source/unreadable` for a file. */
export function unreadable(path: string, reason: string, cause?: unknown): MutoscopeError {
	return new MutoscopeError("source/unreadable", { source: path, reason }, { cause });
}
