import { join } from "node:path";
import * as z from "zod";
import type { Log } from "../base/log.ts";
import { readJson, writeAtomic } from "../storage.ts";
import type { SavedParts } from "./show-options.ts";

const saved = z.object({
	version: z.literal(1),
	sessions: z.array(z.object({ name: z.string(), parts: z.record(z.string(), z.record(z.string(), z.unknown())) })),
});

/** A session as it is kept between two lives of the daemon. */
export interface SavedSession {
	readonly name: string;
	readonly parts: SavedParts;
}

/** Seconds between a change and its being on disk, at most. */
const WITHIN = 0.25;

/** The last values of every session on disk, so that a killed daemon comes back with the same show. */
export class State {
	readonly #path: string;
	readonly #collect: () => readonly SavedSession[];
	readonly #log: Log;
	#timer: NodeJS.Timeout | undefined;
	#written = "";
	#writing = Promise.resolve();

	/** `collect` is asked for what is to be kept. */
	constructor(folder: string, collect: () => readonly SavedSession[], log: Log) {
		this.#path = join(folder, "state.json");
		this.#collect = collect;
		this.#log = log;
	}

	/** What the last daemon left, or `undefined` if there was none. */
	read(): readonly SavedSession[] | undefined {
		return readJson(this.#path, saved)?.sessions;
	}

	/** Something changed: it will be on disk soon. */
	touch(): void {
		this.#timer ??= setTimeout(() => void this.flush(), WITHIN * 1000); // `flush` never rejects
	}

	/** Writes what there is now. A full disk is logged; the show goes on, and the next change tries again. */
	flush(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#writing = this.#writing.then(() => this.#write());
		return this.#writing;
	}

	async #write(): Promise<void> {
		const text = `${JSON.stringify({ version: 1, sessions: this.#collect() })}\n`;
		if (text === this.#written) return;
		try {
			await writeAtomic(this.#path, text);
			this.#written = text;
		} catch (error) {
			this.#log.error("the last values could not be kept", { error });
		}
	}
}
