import { disposeAll } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import { Supervisor } from "../host/supervisor.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Show } from "./show.ts";

/**
 * Most memory of a service's own objects, in MiB: an order of magnitude above what a hundred viewers need. V8 lets garbage
 * grow in proportion to what it may have, so that a limit also keeps a service that plays for hours at its size.
 */
const MEMORY = 512;

/** What services need of the daemon. */
export interface ServicesOptions {
	readonly catalogue: Catalogue;
	readonly log: Log;
	/** The sessions that there are now. */
	shows(): Iterable<Show>;
	/** A service said something on its own account. */
	event(service: string, event: string, data: unknown): void;
	/** A service's process ended: what it held is gone. */
	lost(service: string): void;
}

/** The processes that serve every session at once. Each is started when it is first called. */
export class Services implements AsyncDisposable {
	readonly #options: ServicesOptions;
	readonly #running = new Map<string, Supervisor>();
	readonly #reports = new Map<string, Readonly<Record<string, unknown>>>();

	constructor(options: ServicesOptions) {
		this.#options = options;
	}

	/** The processes that were started. */
	get processes(): readonly Supervisor[] {
		return [...this.#running.values()];
	}

	/** What a service last reported. */
	report(id: string): Readonly<Record<string, unknown>> {
		return this.#reports.get(id) ?? {};
	}

	/** Calls a service; waits for it while it starts. Throws what it throws, `process/timeout`, `bridge/unknown`. */
	call(id: string, method: string, input: unknown, signal?: AbortSignal): Promise<unknown> {
		return this.start(id).call(method, input, signal ? { signal } : {});
	}

	/** Starts a service, so that the first call does not wait. Throws `bridge/unknown`. */
	start(id: string): Supervisor {
		const running = this.#running.get(id);
		if (running) return running;
		const { catalogue, log, event, lost } = this.#options;
		const { module, flags = [], env = {} } = catalogue.bridge(id);
		const name = `service:${id}`;
		const service = new Supervisor({
			name,
			task: () => ({ role: "service", bridge: { module, id }, config: catalogue.settings(id) }),
			snapshots: () => ({}),
			log: log.with({ process: name }),
			flags: [`--max-old-space-size=${MEMORY}`, ...flags],
			env,
			listener: {
				event: (what, data) => event(id, what, data),
				report: (report) => this.#reports.set(id, report),
				state: ({ state }) => {
					if (state === "running") return;
					this.#reports.delete(id);
					lost(id);
				},
			},
		});
		this.#running.set(id, service);
		this.#wire(id, service);
		service.start();
		return service;
	}

	/** Tells every service which rings there are now, and which of them it writes. */
	rewire(): void {
		for (const [id, service] of this.#running) this.#wire(id, service);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const running = this.processes;
		this.#running.clear();
		await disposeAll(running);
	}

	#wire(id: string, service: Supervisor): void {
		const shows = [...this.#options.shows()];
		const outputs = Object.fromEntries(shows.map(({ name, output }) => [name, output.name]));
		const fed = shows.filter(({ source }) => source.from === "service" && source.id === id);
		service.rings(outputs, Object.fromEntries(fed.map(({ name, input }) => [name, input.name])));
	}
}
