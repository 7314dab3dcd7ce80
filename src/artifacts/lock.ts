import { readFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";

/**
 * Sees to it that one process at a time fetches a file: daemon and command line share the folder. A lock of a process
 * that has died counts for nothing. Throws `artifact/busy`.
 */
export async function lock(path: string, { repo, file }: Artifact): Promise<AsyncDisposable> {
	for (let tries = 0; ; tries++) {
		try {
			const held = await open(path, "wx", 0o600);
			await held.writeFile(String(process.pid));
			await held.close();
			return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
			const pid = holder(path);
			if (tries > 0 || alive(pid)) throw new MutoscopeError("artifact/busy", { repo, file, pid });
			await rm(path, { force: true });
		}
	}
}

function holder(path: string): number {
	try {
		return Number(readFileSync(path, "utf8"));
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
