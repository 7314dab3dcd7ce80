import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";

/**
 * Where a file lies, or is to lie, under the folder of all models; or where it came with a package. Throws
 * `artifact/invalid` for a name that leads elsewhere.
 */
export function placeOf(root: string, { repo, file, shipped }: Artifact): string {
	if (shipped !== undefined) return fileURLToPath(shipped);
	const home = resolve(root);
	const place = resolve(join(home, ...repo.split("/"), ...file.split("/")));
	const plain = [...repo.split("/"), ...file.split("/")].every(
		(part) => /^[^\\/:*?"<>|\0]+$/.test(part) && !/^\.+$/.test(part),
	);
	if (plain && place.startsWith(home + sep)) return place;
	throw new MutoscopeError("artifact/invalid", { repo, file, reason: "the name does not stay within the folder" });
}

/** A file that came with a package is not there. */
export function lost({ repo, file }: Artifact): MutoscopeError {
	const reason = "it comes with the package, which is not whole: install it again";
	return new MutoscopeError("artifact/invalid", { repo, file, reason });
}
