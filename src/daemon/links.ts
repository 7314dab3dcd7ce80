import { join } from "node:path";
import { keptLinks, Links } from "../server/links.ts";
import { readJson, writeAtomic } from "../storage.ts";

/** The links of a state folder, kept in `links.json`. One change is on disk before the next is written. */
export function linksIn(folder: string): Links {
	const path = join(folder, "links.json");
	let writing: Promise<void> = Promise.resolve();
	return new Links(readJson(path, keptLinks), (kept) => {
		const written = writing.then(() => writeAtomic(path, `${JSON.stringify(kept)}\n`));
		writing = written.catch(() => {}); // who asked for it is told
		return written;
	});
}
