import type { Log } from "../base/log.ts";
import type { SupervisorListener } from "../host/status.ts";
import { Supervisor } from "../host/supervisor.ts";
import type { ParamStore } from "../params/store.ts";
import type { Catalogue } from "./catalogue.ts";
import { Endings } from "./endings.ts";
import type { RecordingFolder } from "./recordings.ts";

/** The sink whose file the daemon names. */
const RECORDING = "recording";

/** What a session's sinks need. */
export interface SinksOptions {
	readonly session: string;
	/** Name of the ring that they read. */
	readonly ring: string;
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	readonly recordings: RecordingFolder;
	readonly log: Log;
	/** Told what the sink `id` reports. */
	listener(id: string): SupervisorListener;
}

/** The processes of a session's sinks: one for each that its parameter `/sink/<id>/enabled` has switched on. */
export class Sinks implements AsyncDisposable {
	readonly #options: SinksOptions;
	readonly #running = new Map<string, { readonly process: Supervisor; readonly module: string }>();
	readonly #endings: Endings;

	constructor(options: SinksOptions) {
		this.#options = options;
		this.#endings = new Endings(options.log);
	}

	/** Those that are on. */
	get processes(): readonly Supervisor[] {
		return [...this.#running.values()].map(({ process }) => process);
	}

	/** Brings every sink to what its parameters say. One that there is no more, or whose code has changed, ends first. */
	follow(): void {
		const { bridges } = this.#options.catalogue;
		for (const [id, { module, process }] of this.#running) {
			if (bridges.get(id)?.module !== module) this.#end(id, process);
		}
		for (const { guest } of this.#options.catalogue.bridgesWith("sink")) {
			const { id } = guest;
			const enabled = this.#options.store.get(`${this.#at(id)}/enabled`) === true;
			const running = this.#running.get(id)?.process;
			if (running && enabled) running.feed();
			else if (running) this.#end(id, running);
			else if (enabled) this.#begin(id);
		}
	}

	/** Resolves once everything that was switched off has ended. */
	settled(): Promise<void> {
		return this.#endings.settled();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const [id, { process }] of this.#running) this.#end(id, process);
		await this.settled();
	}

	#begin(id: string): void {
		const { session, ring, store, catalogue, recordings, log, listener } = this.#options;
		const { module, flags = [], env = {} } = catalogue.bridge(id);
		const name = `sink:${session}/${id}`;
		let path: string | undefined;
		const sink = new Supervisor({
			name,
			task: () => {
				// A recorder that is started again goes on in a further file: what it had written stays whole.
				if (id === RECORDING) path = recordings.begin(session);
				return { role: "sink", session, bridge: { module, id }, config: catalogue.settings(id), ring };
			},
			snapshots: () => {
				const snapshot = store.snapshot(this.#at(id));
				return { "": path === undefined ? snapshot : { ...snapshot, values: { ...snapshot.values, path } } };
			},
			log: log.with({ process: name }),
			flags,
			env,
			listener: listener(id),
		});
		this.#running.set(id, { process: sink, module });
		sink.start();
	}

	#end(id: string, process: Supervisor): void {
		const { session, recordings } = this.#options;
		this.#running.delete(id);
		this.#endings.end(process, () => id === RECORDING && recordings.ended(session));
	}

	#at(id: string): string {
		return `/${this.#options.session}/sink/${id}`;
	}
}
