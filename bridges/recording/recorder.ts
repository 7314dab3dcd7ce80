import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { extname } from "node:path";
import {
	type BridgeContext,
	type Frame,
	MutoscopeError,
	monotonic,
	type RingFrame,
	reasonOf,
	type Sink,
} from "mutoscope/sdk";
import type * as z from "zod";
import { choosePreset, secondsPerPixel } from "./choose.ts";
import { type Encoder, openEncoder, TICKS } from "./encoder.ts";
import { standBack } from "./humble.ts";
import { createMovie, type Movie } from "./movie.ts";
import type { params } from "./params.ts";
import { recover } from "./recover.ts";

type Context = BridgeContext<z.output<typeof params>>;

/** libx264's rate factors behind the words. */
const CRF = { draft: 28, good: 21, fine: 16 } as const;

/** Frames a second that a preset is chosen for, if the limit allows as many. */
const USUAL_RATE = 30;

/** Seconds between key frames: how finely an editor or player can seek. */
const GROUP = 1;

/** Opens the file; encoding begins with the first frame, whose size it keeps. */
export async function openRecorder(context: Context, signal: AbortSignal): Promise<Sink> {
	standBack();
	const { path: wanted } = context.params();
	let path: string;
	let perPixel: number;
	try {
		path = await claim(wanted);
		signal.throwIfAborted();
		perPixel = await secondsPerPixel();
	} catch (error) {
		throw failure(wanted, error);
	}
	return new Recorder(context, path, perPixel);
}

class Recorder implements Sink {
	readonly #context: Context;
	readonly #path: string;
	readonly #perPixel: number;
	#encoder: Encoder | undefined;
	#movie: Movie | undefined;
	/** The frame that is being encoded. Never rejects. */
	#busy: Promise<void> = Promise.resolve();
	#failed: MutoscopeError | undefined;
	#closed = false;
	readonly #opened = monotonic();
	#begin = 0;
	#ticks = -1n;
	#keyed = Number.NEGATIVE_INFINITY;
	#due = 0;
	#sequence = 0;
	#frames = 0;
	#dropped = 0;
	#preset = "";

	constructor(context: Context, path: string, perPixel: number) {
		this.#context = context;
		this.#path = path;
		this.#perPixel = perPixel;
	}

	async write(frame: Frame): Promise<void> {
		using given = frame;
		const { shown, sequence } = stampOf(given);
		const time = Math.max(shown, this.#opened); // the first may have been standing there for long
		if (this.#sequence && sequence > this.#sequence + 1) this.#dropped += sequence - this.#sequence - 1;
		this.#sequence = sequence;
		if (!this.#isDue(time)) return;
		await this.#busy;
		if (this.#failed) throw this.#failed;
		if (this.#closed) return;
		try {
			this.#encoder ??= await this.#begins(given, time);
			this.#encoder.load(given.data, given.size);
		} catch (error) {
			await this.#fail(error);
			throw this.#failed;
		}
		const encoder = this.#encoder;
		this.#busy = this.#encode(encoder, time).catch((error) => this.#fail(error));
	}

	report() {
		return {
			path: this.#path,
			frames: this.#frames,
			dropped: this.#dropped,
			seconds: Math.max(0, Number(this.#ticks)) / TICKS,
			bytes: this.#movie?.bytes ?? 0,
			preset: this.#preset,
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return this.#busy;
		this.#closed = true;
		await this.#busy;
		const isWhole = !this.#failed;
		if (isWhole) this.#busy = this.#finish().catch((error) => this.#fail(error));
		await this.#busy;
		this.#encoder?.[Symbol.dispose]();
		if (isWhole && this.#failed) throw this.#failed;
	}

	/** Leaves out what comes faster than the limit, evenly. */
	#isDue(time: number): boolean {
		const interval = 1 / this.#context.params().fps;
		if (time < this.#due - interval / 4) return false;
		this.#due = (time - this.#due > interval / 2 ? time : this.#due) + interval;
		return true;
	}

	async #begins({ size }: Frame, time: number): Promise<Encoder> {
		const even = (length: number) => Math.max(16, length - (length % 2));
		const { quality, fps } = this.#context.params();
		const own = { width: even(size.width), height: even(size.height) };
		const preset = choosePreset(this.#perPixel, own, Math.min(fps, USUAL_RATE));
		const encoder = await openEncoder({ size: own, fps, crf: CRF[quality], preset });
		this.#movie = await createMovie(this.#path, encoder.context);
		this.#begin = time;
		this.#preset = preset;
		this.#context.log.info("recording", { path: this.#path, ...own, preset });
		return encoder;
	}

	async #encode(encoder: Encoder, time: number): Promise<void> {
		const ticks = BigInt(Math.round((time - this.#begin) * TICKS));
		this.#ticks = ticks > this.#ticks ? ticks : this.#ticks + 1n;
		const key = time - this.#keyed >= GROUP;
		if (key) this.#keyed = time;
		for (const packet of await encoder.encode(this.#ticks, key)) await this.#movie?.write(packet);
		this.#frames++;
	}

	async #finish(): Promise<void> {
		if (!this.#encoder) {
			await recover(this.#path);
			return;
		}
		for (const packet of await this.#encoder.flush()) await this.#movie?.write(packet);
		const end = BigInt(Math.round((monotonic() - this.#begin) * TICKS));
		await this.#movie?.finish(end > this.#ticks ? end : this.#ticks + 1n);
	}

	/** What was written stays, cut after its last whole fragment. */
	async #fail(error: unknown): Promise<void> {
		this.#failed ??= failure(this.#path, error);
		try {
			await this.#movie?.abandon();
			await recover(this.#path);
		} catch (cause) {
			this.#context.log.warn("the recording could not be tidied up", { path: this.#path, error: cause });
		}
	}
}

/** When a frame entered the ring and which it was, or now, if it comes from somewhere else. */
function stampOf(frame: Frame): Pick<RingFrame, "shown" | "sequence"> {
	const { shown = monotonic(), sequence = 0 } = frame as Partial<RingFrame>;
	return { shown, sequence };
}

/** Creates the file, under another number if there is one already: that may be what a crash left. */
async function claim(wanted: string): Promise<string> {
	if (!wanted) throw new Error("no file was named");
	const extension = extname(wanted) || ".mp4";
	const stem = extname(wanted) ? wanted.slice(0, -extension.length) : wanted;
	for (let number = 1; ; number++) {
		const path = number === 1 ? `${stem}${extension}` : `${stem}-${number}${extension}`;
		try {
			const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644);
			await file.close();
			return path;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		}
	}
}

function failure(path: string, error: unknown): MutoscopeError {
	const reason = /ENOSPC|No space/i.test(reasonOf(error)) ? "the disk is full" : reasonOf(error);
	return new MutoscopeError("recording/failed", { recording: path, reason }, { cause: error });
}
