import { readFileSync, statSync } from "node:fs";
import { open, rm, utimes } from "node:fs/promises";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";

/** Seconds between two signs of life of whoever holds a lock. */
const BEAT = 5;
/** Seconds without one after which it counts for nothing: numbers of processes come again, in containers at every start. */
const DEAD = 60;

/**
 * Sees to it that one process at a time fetches a file: daemon and command line share the folder. A lock of a process
 * that has died counts for nothing. Throws `artifact/busy`.
 */
export async function lock(path: string, { repo, file }: Artifact): Promise<AsyncDisposable> {
	for (let tries = 0; ; tries++) {
		try {
			const held = await open(path, "wx", 0o600);
			await held.writeFile(String(process.pid)).finally(() => held.close());
			return holding(path);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
			const pid = holder(path);
			if (tries > 0 || alive(pid)) throw new MutoscopeError("artifact/busy", { repo, file, pid });
			await rm(path, { force: true });
		}
	}
}

function holding(path: string): AsyncDisposable {
	const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT * 1000); // the next one
	beat.unref();
	return {
		async [Symbol.asyncDispose]() {
			clearInterval(beat);
			await rm(path, { force: true });
		},
	};
}

/** Who holds it; 0 if nobody does any more. */
function holder(path: string): number {
	try {
		const age = (Date.now() - statSync(path).mtimeMs) / 1000;
		return age > DEAD ? 0 : Number(readFileSync(path, "utf8"));
	} catch {
		return 0;
	}
}

function alive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
