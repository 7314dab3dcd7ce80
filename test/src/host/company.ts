import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Log } from "../../../src/base/log.ts";
import type { RestartPolicy } from "../../../src/host/policy.ts";
import type { ProcessStatus } from "../../../src/host/status.ts";
import { Supervisor, type SupervisorOptions } from "../../../src/host/supervisor.ts";
import { Ring, type RingFrame, RingReader } from "../../../src/media/ring.ts";
import type { Snapshot } from "../../../src/params/store.ts";

/** The module of the guests of these tests. */
export const GUESTS = new URL("./guests.ts", import.meta.url).href;

/** Beats fast and starts again soon, but kills nobody whom a busy machine keeps waiting. */
const HASTY: Partial<RestartPolicy> = {
	heartbeat: 0.1,
	silence: 30,
	start: 60,
	first: 0.02,
	most: 0.1,
	within: 600,
	grace: 10,
};

/** Of tests in which a child falls silent: not so short that loading its modules is taken for it. */
export const SILENCE = 3;

let rings = 0;

/** A ring whose name nobody else has. */
export function ring(): Ring {
	return Ring.create(`mt-${process.pid}-${++rings}`);
}

/** The task of a session of ours. */
export function session(pipeline: string, output: Ring, input?: Ring) {
	return {
		role: "session" as const,
		session: "main",
		pipeline: { module: GUESTS, id: pipeline },
		stages: [],
		compute: {},
		models: "",
		plugins: [{ module: GUESTS, id: "clumsy" }],
		output: output.name,
		...(input ? { input: input.name } : {}),
	};
}

/** A snapshot of a part. */
export function turned(
	revision: number,
	values: Record<string, unknown>,
	fired: Record<string, number> = {},
): Snapshot {
	return { revision, values, fired };
}

/** A supervisor that remembers what it heard, and lets one wait for it. */
export class Watched implements AsyncDisposable {
	readonly supervisor: Supervisor;
	readonly states: ProcessStatus[] = [];
	readonly reports: Record<string, unknown>[] = [];
	readonly applied: [revision: number, frame: number][] = [];
	readonly events: [event: string, data: unknown][] = [];
	/** What it wanted turned; what it calls `/nothing` is refused. */
	readonly turns: Readonly<Record<string, unknown>>[] = [];
	readonly lines: string[] = [];
	readonly #wakes = new Set<() => void>();

	constructor(options: Omit<SupervisorOptions, "log" | "listener" | "name"> & { readonly name?: string }) {
		const keep = <T>(list: T[], item: T) => {
			list.push(item);
			for (const wake of [...this.#wakes]) wake();
		};
		const line =
			(level: string) =>
			(message: string, fields: object = {}) => {
				keep(this.lines, `${level} ${message} ${JSON.stringify(fields)}`);
			};
		const log: Log = {
			debug: line("debug"),
			info: line("info"),
			warn: line("warn"),
			error: line("error"),
			with: () => log,
		};
		this.supervisor = new Supervisor({
			name: "session:main",
			...options,
			policy: { ...HASTY, ...options.policy },
			log,
			listener: {
				state: (status) => keep(this.states, status),
				report: (report) => keep(this.reports, report),
				applied: (revision, frame) => keep(this.applied, [revision, frame]),
				event: (event, data) => keep(this.events, [event, data]),
				turn: (changes) => {
					keep(this.turns, changes);
					if ("/nothing" in changes) throw new MutoscopeError("param/unknown", { address: "/nothing" });
				},
			},
		});
	}

	/** Resolves once `holds`, which is asked whenever something was heard. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) {
			await new Promise<void>((resolve) => {
				const wake = () => {
					this.#wakes.delete(wake);
					resolve();
				};
				this.#wakes.add(wake);
			});
		}
	}

	/** Resolves once it is in a state; with what it was then. */
	async reaches(state: ProcessStatus["state"]): Promise<ProcessStatus> {
		await this.until(() => this.supervisor.status().state === state);
		return this.supervisor.status();
	}

	/** Kills the child as the system would. */
	kill(): void {
		const { pid } = this.supervisor.status();
		if (pid !== undefined) process.kill(pid, "SIGKILL");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.supervisor[Symbol.asyncDispose]();
	}
}

/** A picture as a viewer of a ring sees it. */
export interface Seen {
	readonly sequence: number;
	readonly revision: number;
	readonly width: number;
	readonly captured: number;
	/** The first pixel's red. */
	readonly red: number;
}

/** A viewer of a ring. */
export class Viewer implements Disposable {
	readonly #reader: RingReader;

	constructor(from: Ring) {
		this.#reader = RingReader.attach(from.name);
	}

	/** Every picture until `holds` of one, that one included. */
	async until(holds: (seen: Seen) => boolean): Promise<Seen[]> {
		const all: Seen[] = [];
		for (;;) {
			using frame = await this.#reader.next();
			if (!frame) throw new Error("the ring was closed");
			const seen = see(frame);
			all.push(seen);
			if (holds(seen)) return all;
		}
	}

	/** The picture now. */
	now(): Seen | undefined {
		using frame = this.#reader.latest();
		return frame && see(frame);
	}

	[Symbol.dispose](): void {
		this.#reader.close();
	}
}

function see({ sequence, revision, size, captured, data }: RingFrame): Seen {
	return { sequence, revision, width: size.width, captured, red: data[0] ?? 0 };
}
