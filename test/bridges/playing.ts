import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Frame, readCard, type Source } from "mutoscope/sdk";
import { params } from "../../bridges/file/params.ts";
import { openPlayback } from "../../bridges/file/playback.ts";
import { type ClipOptions, makeClip } from "./clips.ts";
import { contextOf } from "./open.ts";

/** A folder of clips for a test file, and sources that play them; disposing takes all of it away. */
export class Playing implements AsyncDisposable {
	readonly folder = mkdtempSync(join(tmpdir(), "mutoscope-file-"));
	readonly #open: Source[] = [];

	/** Makes a clip and returns its path. */
	async clip(name: string, options: ClipOptions = {}): Promise<string> {
		const path = join(this.folder, name);
		await makeClip(path, options);
		return path;
	}

	/** Plays a file by a clock that jumps to whatever is waited for. */
	async play(path: string, values: Partial<Record<keyof typeof params.shape, unknown>> = {}) {
		const turned = contextOf(params.parse({ path, ...values }));
		let time = 1000;
		const clock = {
			now: () => time,
			async until(due: number) {
				time = Math.max(time, due);
			},
		};
		const source = this.keep(await openPlayback(turned.context, new AbortController().signal, clock));
		const pass = (seconds: number) => {
			time += seconds;
		};
		return { ...turned, source, pass };
	}

	/** Closes a source when all is over. */
	keep(source: Source): Source {
		this.#open.push(source);
		return source;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const source of this.#open.splice(0)) await source[Symbol.asyncDispose]();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** The number on a test card. */
export const number = (frame: Frame) => readCard(frame.data, frame.size)?.index;

/** Red, green, blue and alpha of a pixel. */
export function pixel({ data, size }: Frame, x: number, y: number): number[] {
	const at = 4 * (y * size.width + x);
	return [...data.subarray(at, at + 4)];
}

/** Makes a frame one colour. */
export function fill(frame: Frame, colour: readonly number[]): void {
	for (let i = 0; i < frame.data.length; i++) frame.data[i] = colour[i % 4] ?? 255;
}
