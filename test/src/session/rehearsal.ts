import { setImmediate } from "node:timers/promises";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Log } from "../../../src/base/log.ts";
import type { PipelineDefinition } from "../../../src/contract/pipeline.ts";
import type { PluginDefinition } from "../../../src/contract/plugin.ts";
import type { Held } from "../../../src/contract/real-time.ts";
import { Frame } from "../../../src/media/frame.ts";
import type { Snapshot } from "../../../src/params/store.ts";
import { Bell } from "../../../src/session/bell.ts";
import { Feed } from "../../../src/session/feed.ts";
import { Intake, type IntakeReader } from "../../../src/session/intake.ts";
import type { Machine } from "../../../src/session/machine.ts";
import type { Output } from "../../../src/session/player.ts";
import { Report } from "../../../src/session/report.ts";
import { runSession } from "../../../src/session/session.ts";
import type { Time } from "../../../src/session/time.ts";

/** A log that keeps its lines. */
function keepingLog(lines: string[] = []): Log & { readonly lines: string[] } {
	const line =
		(level: string) =>
		(message: string, fields: object = {}) => {
			lines.push(`${level} ${message} ${JSON.stringify(fields, plain)}`);
		};
	const log = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
	return { ...log, lines, with: () => keepingLog(lines) };
}

function plain(_key: string, value: unknown): unknown {
	return value instanceof Error ? value.message : value;
}

/** Time that passes only by being waited for. */
export class StageTime implements Time {
	#now = 100;
	readonly now = () => this.#now;
	readonly #sleepers: { readonly time: number; wake(): void }[] = [];

	/** Lets seconds pass. */
	pass(seconds: number): void {
		this.#now += seconds;
	}

	until(time: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const wake = () => (signal.aborted ? reject(signal.reason) : resolve());
			this.#sleepers.push({ time, wake });
			if (this.#sleepers.length === 1) void this.#tick();
		});
	}

	/** Wakes one sleeper after the other, the earliest first, and lets each do what it will before the next. */
	async #tick(): Promise<void> {
		while (this.#sleepers.length > 0) {
			for (let turns = 0; turns < 3; turns++) await setImmediate();
			this.#sleepers.sort((a, b) => a.time - b.time);
			const [first] = this.#sleepers.splice(0, 1);
			this.#now = Math.max(this.#now, first?.time ?? 0);
			first?.wake();
		}
	}
}

/** What was shown, as it was shown. */
export interface Shown {
	readonly sequence: number;
	readonly at: number;
	readonly width: number;
	readonly height: number;
	readonly chunk: number;
	readonly revision: number;
	readonly captured: number;
	/** The first pixel's red. */
	readonly red: number;
	readonly last: Frame;
}

/** A ring in memory whose readers and writer are in this process. */
export class MemoryRing implements Output {
	sequence = 0;
	readonly shown: Shown[] = [];
	readonly #time: Time;
	readonly #waiting = new Set<() => void>();
	#last: Frame | undefined;
	#closed = false;

	constructor(time: Time) {
		this.#time = time;
	}

	write(frame: Frame): number {
		const { size, chunk, revision, captured, data } = frame;
		this.#last = new Frame(size, data.slice(), { ...frame.stamp, alpha: frame.alpha });
		this.sequence++;
		const at = this.#time.now();
		this.shown.push({
			...size,
			sequence: this.sequence,
			at,
			chunk,
			revision,
			captured,
			red: data[0] ?? 0,
			last: this.#last,
		});
		for (const wake of [...this.#waiting]) wake();
		return this.sequence;
	}

	last(): Frame | undefined {
		return this.#last?.clone();
	}

	/** Resolves once `holds` is true of the frames shown, which it is asked after each. */
	async until(holds: (shown: readonly Shown[]) => boolean): Promise<readonly Shown[]> {
		while (!holds(this.shown)) await this.#next();
		return this.shown;
	}

	/** No more frames come. */
	close(): void {
		this.#closed = true;
		for (const wake of [...this.#waiting]) wake();
	}

	/** A new reader, that has seen nothing. */
	reader(): IntakeReader {
		let seen = 0;
		let closed = false;
		const fresh = () => {
			if (seen === this.sequence) return undefined;
			seen = this.sequence;
			return this.last();
		};
		return {
			fresh,
			latest: () => {
				seen = this.sequence;
				return this.last();
			},
			next: async () => {
				while (seen === this.sequence && !closed && !this.#closed) await this.#next();
				return closed || this.#closed ? undefined : fresh();
			},
			close: () => {
				closed = true;
			},
		};
	}

	#next(): Promise<void> {
		return new Promise((resolve) => {
			const wake = () => {
				this.#waiting.delete(wake);
				resolve();
			};
			this.#waiting.add(wake);
		});
	}
}

/** Snapshots by part, from values; their revision is `revision`. */
export function snapshotsOf(
	revision: number,
	parts: Readonly<Record<string, Record<string, unknown>>>,
	fired: Readonly<Record<string, Record<string, number>>> = {},
): Record<string, Snapshot> {
	const names = new Set([...Object.keys(parts), ...Object.keys(fired)]);
	return Object.fromEntries(
		[...names].map((name) => [name, { revision, values: parts[name] ?? {}, fired: fired[name] ?? {} }]),
	);
}

/** A frame of one grey. */
export function grey(level: number, { width = 4, height = 2, captured = 0 } = {}): Frame {
	const data = new Uint8Array(width * height * 4).fill(level);
	for (let i = 3; i < data.length; i += 4) data[i] = 255;
	return new Frame({ width, height }, data, { captured });
}

/** A session that runs in this process, with everything at hand. */
export interface Rehearsal extends AsyncDisposable {
	readonly feed: Feed;
	readonly intake: Intake;
	readonly source: MemoryRing;
	readonly output: MemoryRing;
	readonly report: Report;
	readonly time: StageTime;
	readonly lines: string[];
	readonly applied: (readonly [revision: number, frame: number])[];
	readonly failures: string[];
	readonly measured: (readonly [pipeline: string, held: Held])[];
	/** Settles as the session does. */
	readonly over: Promise<void>;
}

const roomy: Machine = {
	compute: {},
	cache: "/tmp/nothing-is-kept",
	picture: async (path) => {
		throw new MutoscopeError("source/unreadable", { source: path, reason: "there are no pictures here" });
	},
	file: ({ repo, file }) => {
		throw new MutoscopeError("artifact/missing", { repo, file });
	},
	room: async () => ({ host: Number.POSITIVE_INFINITY }),
};

/** Who and what is there besides the pipeline. */
interface Company {
	readonly plugins?: PluginDefinition[];
	readonly understudy?: PipelineDefinition;
	/** What pipelines were found to hold. */
	readonly held?: Readonly<Record<string, Held>>;
	readonly before?: Frame;
	readonly machine?: Machine;
}

/** Starts a session. Nothing was ever shown, unless `before` was. */
export function rehearse(
	pipeline: PipelineDefinition,
	snapshots: Record<string, Snapshot> = {},
	{ plugins = [], before, machine = roomy, understudy, held = {} }: Company = {},
): Rehearsal {
	const bell = new Bell();
	const time = new StageTime();
	const source = new MemoryRing(time);
	const output = new MemoryRing(time);
	if (before) output.write(before);
	const report = new Report(time.now);
	const log = keepingLog();
	const feed = new Feed(bell, { pipeline, plugins, understudy, held }, snapshots);
	const intake = new Intake({ attach: () => source.reader(), bell, because: (why) => report.because("source", why) });
	intake.use("memory");
	const applied: [number, number][] = [];
	const failures: string[] = [];
	const measured: [string, Held][] = [];
	const abort = new AbortController();
	const over = runSession(
		{
			name: "main",
			feed,
			bell,
			intake,
			output,
			machine,
			report,
			log,
			time,
			measured: (pipeline, held) => void measured.push([pipeline, held]),
			applied: (revision, frame) => void applied.push([revision, frame]),
			pluginFailed: (plugin, hook, error) => void failures.push(`${plugin} ${hook} ${error}`),
			stageFailed: (stage, error) => void failures.push(`${stage} ${error}`),
		},
		abort.signal,
	);
	// A test that expects a failure awaits `over`; one that does not gets it from `asyncDispose`.
	over.catch(() => {});
	return {
		feed,
		intake,
		source,
		output,
		report,
		time,
		lines: log.lines,
		applied,
		failures,
		measured,
		over,
		async [Symbol.asyncDispose]() {
			abort.abort(new Error("the test is over"));
			await over.catch(() => {});
			intake[Symbol.dispose]();
		},
	};
}
