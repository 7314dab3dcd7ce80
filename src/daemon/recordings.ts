import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Recording } from "../server/backend.ts";

/** The folder that recordings go to, and what is in it. */
export class RecordingFolder {
	readonly #folder: string;
	/** File being written, by session. */
	readonly #running = new Map<string, string>();

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Makes the folder. Throws `storage/failed`. */
	prepare(): void {
		try {
			mkdirSync(this.#folder, { recursive: true });
		} catch (error) {
			throw new MutoscopeError("storage/failed", { path: this.#folder, reason: reasonOf(error) }, { cause: error });
		}
	}

	/** A path for a new file of a session, which counts as running until `ended`. Throws `storage/failed`. */
	begin(session: string, now = new Date()): string {
		this.prepare();
		const stamp = now.toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
		for (let part = 1; ; part++) {
			const id = `${session}-${stamp}${part === 1 ? "" : `-${part}`}.mp4`;
			const path = join(this.#folder, id);
			if (existsSync(path)) continue;
			this.#running.set(session, id);
			return path;
		}
	}

	/** The session's recording is no longer written. */
	ended(session: string): void {
		this.#running.delete(session);
	}

	/** The recording of a session that runs now. */
	current(session: string): Recording | undefined {
		const id = this.#running.get(session);
		return id === undefined ? undefined : { id, ...this.#stat(id), session, running: true };
	}

	/** What was recorded, newest first. */
	list(): Recording[] {
		const running = new Set(this.#running.values());
		return this.#files()
			.map((id) => ({ id, ...this.#stat(id), running: running.has(id) }))
			.sort((a, b) => b.modified - a.modified);
	}

	/** The path of a recording. Throws `recording/unknown`. */
	path(id: string): string {
		if (!this.#files().includes(id)) throw new MutoscopeError("recording/unknown", { recording: id });
		return join(this.#folder, id);
	}

	/** Deletes a recording that is not being written. Throws `recording/unknown`, `recording/failed`. */
	remove(id: string): void {
		const path = this.path(id);
		if ([...this.#running.values()].includes(id)) {
			throw new MutoscopeError("recording/failed", {
				recording: id,
				reason: "it is being written and cannot be deleted",
			});
		}
		rmSync(path);
	}

	#files(): string[] {
		try {
			return readdirSync(this.#folder).filter((file) => /^[a-z][a-z0-9-]*\.mp4$/.test(file));
		} catch {
			return [];
		}
	}

	#stat(id: string) {
		const { size = 0, mtimeMs = 0 } = statSync(join(this.#folder, id), { throwIfNoEntry: false }) ?? {};
		const session = /^(.*)-\d{4}-\d\d-\d\d-\d{6}(-\d+)?\.mp4$/.exec(id)?.[1] ?? "";
		return { session, bytes: size, modified: Math.round(mtimeMs) };
	}
}
