import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod";

const kept = z.object({
	etag: z.string(),
	size: z.number().int().nonnegative(),
	done: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])).max(100_000),
});

/** From the first byte to the one after the last. */
export type Span = readonly [from: number, to: number];

/** Which bytes of a file that is being fetched are there: kept beside it, so that a killed fetch goes on where it was. */
export class Ledger {
	readonly #path: string;
	readonly #etag: string;
	readonly #size: number;
	#done: Span[];
	#saving: Promise<void> = Promise.resolve();

	/** Takes up what is kept at `path`, if it is of the same version of the file. */
	constructor(path: string, etag: string, size: number) {
		this.#path = path;
		this.#etag = etag;
		this.#size = size;
		this.#done = readSpans(path, etag, size);
	}

	/** How many bytes are there. */
	get bytes(): number {
		return this.#done.reduce((sum, [from, to]) => sum + to - from, 0);
	}

	/** What is missing, in order. */
	missing(): Span[] {
		const edges = [0, ...this.#done.flat(), this.#size];
		const gaps: Span[] = [];
		for (let i = 0; i < edges.length; i += 2) {
			const [from, to] = [edges[i] ?? 0, edges[i + 1] ?? 0];
			if (from < to) gaps.push([from, to]);
		}
		return gaps;
	}

	/** Bytes have been written. */
	add([from, to]: Span): void {
		const merged: Span[] = [];
		let [low, high] = [from, to];
		for (const span of this.#done) {
			if (span[1] < low || span[0] > high) merged.push(span);
			else [low, high] = [Math.min(low, span[0]), Math.max(high, span[1])];
		}
		this.#done = [...merged, [low, high] as const].sort((a, b) => a[0] - b[0]);
	}

	/** Nothing counts any more. */
	clear(): void {
		this.#done = [];
	}

	/** Writes it down, whole or not at all. */
	save(): Promise<void> {
		const text = JSON.stringify({ etag: this.#etag, size: this.#size, done: this.#done });
		const draft = `${this.#path}.draft`;
		this.#saving = this.#saving
			.catch(() => {}) // who waited for that one has heard of it
			.then(() => writeFile(draft, text))
			.then(() => rename(draft, this.#path));
		return this.#saving;
	}

	/** The file is whole, or thrown away. */
	async remove(): Promise<void> {
		await this.#saving.catch(() => {}); // it is not needed any more
		await rm(this.#path, { force: true });
	}
}

function readSpans(path: string, etag: string, size: number): Span[] {
	try {
		const found = kept.parse(JSON.parse(readFileSync(path, "utf8")));
		const sound = found.done.every(([from, to], i) => from < to && to <= size && from >= (found.done[i - 1]?.[1] ?? 0));
		return found.etag === etag && found.size === size && sound ? found.done : [];
	} catch {
		return [];
	}
}
