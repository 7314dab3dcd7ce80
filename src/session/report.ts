import { type Clock, percentile } from "../base/clock.ts";
import type { Size } from "../base/geometry.ts";
import type { LoadingStage } from "../contract/artifact.ts";

/** Seconds over which latencies are taken. */
const WINDOW = 3;
/** Seconds over which rates are taken. */
const RATE_WINDOW = 1;

/** One frame on its way through the session; times in seconds. */
export interface Trace {
	readonly captured: number;
	readonly made: number;
	readonly shown: number;
}

/** Numbers for panel and metrics. Rates are per second, times in seconds. */
export interface SessionReport extends Readonly<Record<string, number | string>> {
	readonly madeFps: number;
	readonly shownFps: number;
	/** Frames that were made and never shown, since the start. */
	readonly dropped: number;
	/** Frames that were shown after they were due, since the start. */
	readonly late: number;
	/** Index of the newest frame in the output ring. */
	readonly frame: number;
	readonly width: number;
	readonly height: number;
	/** Captured → shown. */
	readonly latencyP50: number;
	readonly latencyP95: number;
	/** Made → shown: what pacing costs. */
	readonly paceP50: number;
	/** How long a chunk takes to make. */
	readonly chunkP50: number;
	readonly chunkP95: number;
	/** Taps of plugins that failed, since the start. */
	readonly tapFailures: number;
	/** The pipeline that is open and makes the frames; empty if none is. */
	readonly playing: string;
}

/** A pipeline that is being opened. */
export interface Loading extends LoadingStage {
	readonly pipeline: string;
}

interface Timed<T> {
	readonly at: number;
	readonly value: T;
}

/** Counts what a session does. */
export class Report {
	readonly #clock: Clock;
	readonly #since: number;
	readonly #reasons = new Map<string, string>();
	#loading: Loading | undefined;
	#playing = "";
	#made: Timed<number>[] = [];
	#shown: Timed<Trace>[] = [];
	#chunks: Timed<number>[] = [];
	#size: Size = { width: 0, height: 0 };
	#frame = 0;
	#dropped = 0;
	#late = 0;
	#tapFailures = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#since = clock();
	}

	/** A chunk of `frames` took `seconds` to make. */
	chunk(frames: number, seconds: number): void {
		this.#made = this.#push(this.#made, frames);
		this.#chunks = this.#push(this.#chunks, seconds);
	}

	/** A frame entered the output ring as number `frame`. */
	shown(frame: number, size: Size, trace: Trace): void {
		this.#frame = frame;
		this.#size = size;
		this.#shown = this.#push(this.#shown, trace);
	}

	/** Frames were made in vain. */
	dropped(frames: number): void {
		this.#dropped += frames;
	}

	/** A frame was shown after it was due. */
	late(): void {
		this.#late++;
	}

	/** A tap failed. */
	tapFailed(): void {
		this.#tapFailures++;
	}

	/** A pipeline is being opened; `undefined` once none is. */
	loading(loading: Loading | undefined): void {
		this.#loading = loading;
	}

	/** The pipeline that plays from now on; none while it is closed before the next is open. */
	plays(pipeline: string | undefined): void {
		this.#playing = pipeline ?? "";
	}

	/** Why `what` is not as it should be; `undefined` once it is. */
	because(
		what:
			| "pipeline"
			| "standby"
			| "understudy"
			| "source"
			| "input"
			| "output"
			| "cast"
			| "bridge"
			| `plugin ${string}`
			| `stage ${string}`,
		reason: string | undefined,
	): void {
		if (reason === undefined) this.#reasons.delete(what);
		else this.#reasons.set(what, reason);
	}

	/** The numbers now. `reason` is there while something is not as it should be. */
	read(): SessionReport {
		const now = this.#clock();
		const within = <T>(all: readonly Timed<T>[], seconds: number) =>
			all.filter(({ at }) => now - at <= seconds).map(({ value }) => value);
		const shown = within(this.#shown, WINDOW);
		const chunks = within(this.#chunks, WINDOW);
		const span = Math.min(RATE_WINDOW, Math.max(0.1, now - this.#since));
		const latencies = shown.map((trace) => trace.shown - trace.captured);
		return {
			madeFps: within(this.#made, span).reduce((sum, frames) => sum + frames, 0) / span,
			shownFps: within(this.#shown, span).length / span,
			dropped: this.#dropped,
			late: this.#late,
			frame: this.#frame,
			...this.#size,
			latencyP50: percentile(latencies, 0.5) ?? 0,
			latencyP95: percentile(latencies, 0.95) ?? 0,
			paceP50:
				percentile(
					shown.map((trace) => trace.shown - trace.made),
					0.5,
				) ?? 0,
			chunkP50: percentile(chunks, 0.5) ?? 0,
			chunkP95: percentile(chunks, 0.95) ?? 0,
			tapFailures: this.#tapFailures,
			playing: this.#playing,
			...(this.#loading && {
				loading: this.#loading.pipeline,
				loadingStage: this.#loading.stage,
				loadingFraction: this.#loading.fraction,
			}),
			...(this.#reasons.size === 0 ? {} : { reason: [...this.#reasons.values()].join(" ") }),
		};
	}

	#push<T>(all: Timed<T>[], value: T): Timed<T>[] {
		const at = this.#clock();
		all.push({ at, value });
		const oldest = all[0]?.at ?? at;
		return at - oldest > 2 * WINDOW ? all.filter((entry) => at - entry.at <= WINDOW) : all;
	}
}
