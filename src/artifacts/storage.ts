import { dirname } from "node:path";
import { bytes } from "../base/bytes.ts";
import { MutoscopeError, reasonOf } from "../base/errors.ts";

/** What the disk said, as an error that names the place; what is no error of a disk, as it is. */
export function storageFailed(error: unknown, { file }: { readonly file: string }, path: string, left = 0): unknown {
	const { code } = error as NodeJS.ErrnoException;
	if (error instanceof MutoscopeError || !(error instanceof Error) || !/^E[A-Z]+$/.test(code ?? "")) return error;
	const folder = dirname(path);
	if (code === "ENOSPC" || code === "EDQUOT") {
		const needed = `${bytes(left)} more`;
		return new MutoscopeError("artifact/no-space", { file, folder, needed, free: "0 GB" }, { cause: error });
	}
	return new MutoscopeError("storage/failed", { path, reason: reasonOf(error) }, { cause: error });
}
