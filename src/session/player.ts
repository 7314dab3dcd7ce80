import { MutoscopeError } from "../base/errors.ts";
import { sameSize } from "../base/geometry.ts";
import { crossFade } from "../media/fade.ts";
import { fitFrame } from "../media/fit.ts";
import type { Frame } from "../media/frame.ts";
import type { FramePool } from "../media/pool.ts";
import { Beat } from "./beat.ts";
import type { Report } from "./report.ts";
import type { Time } from "./time.ts";

/** Where a session shows its frames: a writer of its ring. Outlives the session. */
export interface Output {
	/** Copies a frame and returns its index. Does not close it. */
	write(frame: Frame): number;
	/** A copy of the frame shown last, whoever wrote it. The caller closes it. */
	last(): Frame | undefined;
	/** Index of the frame shown last, 0 if none was. */
	readonly sequence: number;
}

/** A chunk that was made. */
export interface Made {
	/** Oldest first, stamped. Whoever plays them closes them. */
	readonly frames: readonly Frame[];
	/** Frames a second that they are meant for; without it they are shown at once. */
	readonly rate: number | undefined;
	/** How long the chunk took to make. */
	readonly seconds: number;
	/** Whether it is the first of its pipeline: it is faded to. */
	readonly first: boolean;
}

/** What playing needs of the session. */
export interface PlayerParts {
	readonly output: Output;
	readonly pool: FramePool;
	readonly report: Report;
	readonly time: Time;
	/** Most frames a second, and seconds of a cross-fade, now. */
	settings(): { readonly fps: number; readonly fade: number };
	/** Whether nothing new is to be shown now. */
	paused(): boolean;
	/** Resolves once the session is not paused. */
	unpaused(signal: AbortSignal): Promise<void>;
	/** Frame `frame` was the first to be made with `revision`. */
	applied(revision: number, frame: number): void;
}

interface Fade {
	from: Frame;
	readonly start: number;
	readonly seconds: number;
}

/** Shows chunks: each frame when it is due, faded to where the pipeline is a new one. */
export class Player implements Disposable {
	readonly #parts: PlayerParts;
	readonly #beat: Beat;
	#ends = Number.NEGATIVE_INFINITY;
	#fade: Fade | undefined;
	/** The newest frame as it was made, kept while something fades to it. */
	#target: Frame | undefined;
	#applied = 0;

	constructor(parts: PlayerParts) {
		this.#parts = parts;
		this.#beat = new Beat(parts.time.now);
	}

	/** When the next frame could be shown at the earliest, if it were to be shown at once. */
	get opens(): number {
		return this.#beat.opens(this.#parts.settings().fps);
	}

	/** When the frame after those that are being played is due; in the past where there is no beat. */
	get ends(): number {
		return this.#ends;
	}

	/** Shows a chunk and closes it. Rejects with the signal's reason, and shows no more. */
	async play({ frames, rate, seconds, first }: Made, signal: AbortSignal): Promise<void> {
		const { report, time, settings, paused, unpaused } = this.#parts;
		let left = frames.length;
		try {
			if (first && left > 0) {
				this.#beginFade();
				this.#beat.restart();
			}
			// A slow pipeline that makes frames one by one paces itself; held back for evenness, each would only come later.
			if (frames.length > 1) this.#beat.made(frames.length, seconds);
			for (const frame of frames) {
				if (paused()) await unpaused(signal);
				signal.throwIfAborted();
				const { fps } = settings();
				const due = this.#beat.due(rate, fps);
				if (rate !== undefined) this.#ends = due + left / Math.min(rate, fps);
				if (time.now() < due) await time.until(due, signal);
				if (rate !== undefined && time.now() - due > 0.5 / Math.min(rate, fps)) report.late();
				this.#show(frame);
				left--;
			}
		} finally {
			report.dropped(left);
			for (const frame of frames) frame.close();
		}
	}

	/** Goes on with a fade while nothing new is made, until it is over or `signal` aborts. Never rejects. */
	async linger(signal: AbortSignal): Promise<void> {
		const { time, settings } = this.#parts;
		while (this.#fade && this.#target && !signal.aborted) {
			try {
				await time.until(time.now() + 1 / settings().fps, signal);
			} catch {
				return;
			}
			using again = this.#target?.clone();
			if (again) this.#show(again);
		}
	}

	/** Shows one black frame if nothing was ever shown, so that viewers have a picture. */
	begin(): void {
		const { output, pool, time } = this.#parts;
		using last = output.last();
		if (last) return;
		using black = pool.take({ width: 640, height: 360 }, { captured: time.now(), made: time.now() });
		new Uint32Array(black.data.buffer, black.data.byteOffset, black.data.length / 4).fill(OPAQUE_BLACK);
		output.write(black);
	}

	/** The frame that is shown stays: `revision` shows in it. */
	hold(revision: number): void {
		this.#tell(revision, this.#parts.output.sequence);
	}

	[Symbol.dispose](): void {
		this.#endFade();
	}

	#show(frame: Frame): void {
		const { output, report, time } = this.#parts;
		const now = time.now();
		using faded = this.#faded(frame, now);
		try {
			const sequence = output.write(faded ?? frame);
			const { size, captured, made, revision } = frame;
			report.shown(sequence, size, { captured, made, shown: now });
			report.because("output", undefined);
			this.#tell(revision, sequence);
		} catch (error) {
			if (!(error instanceof MutoscopeError) || error.status !== 413) throw error;
			report.dropped(1);
			report.because("output", error.message);
		}
	}

	#tell(revision: number, frame: number): void {
		if (revision <= this.#applied) return;
		this.#applied = revision;
		this.#parts.applied(revision, frame);
	}

	#faded(frame: Frame, now: number): Frame | undefined {
		if (!this.#fade) return undefined;
		const { start, seconds } = this.#fade;
		const share = (now - start) / seconds;
		if (share >= 1) {
			this.#endFade();
			return undefined;
		}
		if (frame !== this.#target) {
			this.#target?.close();
			this.#target = frame.clone();
		}
		return crossFade(this.#from(this.#fade, frame), frame, share, this.#parts.pool);
	}

	/** What is faded from, scaled once and for all if it has another size. */
	#from(fade: Fade, { size }: Frame): Frame {
		if (sameSize(fade.from.size, size)) return fade.from;
		using other = fade.from;
		fade.from = fitFrame(other, this.#parts.pool, { size, fit: "cover" });
		return fade.from;
	}

	#beginFade(): void {
		const { output, time, settings } = this.#parts;
		this.#endFade();
		const from = output.last();
		const { fade: seconds } = settings();
		if (from && seconds > 0) this.#fade = { from, start: time.now(), seconds };
		else from?.close();
	}

	#endFade(): void {
		this.#fade?.from.close();
		this.#fade = undefined;
		this.#target?.close();
		this.#target = undefined;
	}
}

/** RGBA 0, 0, 0, 255 as a word; every machine that Node runs on is little endian. */
const OPAQUE_BLACK = 0xff00_0000;
