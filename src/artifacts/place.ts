import { join, resolve, sep } from "node:path";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";

/** Where a file lies, or is to lie, under the folder of all models. Throws `artifact/invalid` for a name that leads elsewhere. */
export function placeOf(root: string, { repo, file }: Artifact): string {
	const home = resolve(root);
	const place = resolve(join(home, ...repo.split("/"), ...file.split("/")));
	const plain = [...repo.split("/"), ...file.split("/")].every(
		(part) => /^[^\\/:*?"<>|\0]+$/.test(part) && !/^\.+$/.test(part),
	);
	if (plain && place.startsWith(home + sep)) return place;
	throw new MutoscopeError("artifact/invalid", { repo, file, reason: "the name does not stay within the folder" });
}
