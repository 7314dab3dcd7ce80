import { disposeAll } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import type { SessionTask } from "../host/messages.ts";
import type { RestartPolicy } from "../host/policy.ts";
import type { SupervisorListener } from "../host/status.ts";
import { Supervisor } from "../host/supervisor.ts";
import { Ring } from "../media/ring.ts";
import type { JsonSchema } from "../params/schema.ts";
import type { ParamStore, Snapshot } from "../params/store.ts";
import { apartRings, NOTE_BYTES } from "../session/apart/rings.ts";
import type { Catalogue } from "./catalogue.ts";
import { Endings } from "./endings.ts";

/** A show cannot wait: a stuck plugin is found out sooner than other processes, and one that died is back sooner. */
const POLICY: Partial<RestartPolicy> = { heartbeat: 0.5, silence: 2, most: 1, healthy: 5, grace: 1 };

/** Megabytes of heap that a plugin gets unless its package says otherwise. */
const MEMORY = 512;

/** What a session's plugins need that run apart. */
export interface EffectsOptions {
	readonly session: string;
	/** Beginning of the names of the daemon's rings. */
	readonly prefix: string;
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	readonly log: Log;
	/** JSON Schema of the generator's parameters. */
	generator(): JsonSchema;
	/** How everything is turned, by part. */
	snapshots(): Record<string, Snapshot>;
	/** Told what the plugin `id` reports and says. */
	listener(id: string): SupervisorListener;
}

/** A plugin's rings, which outlive its processes, and what runs at their other end. */
interface Apart {
	readonly ring: string;
	readonly rings: readonly Ring[];
	process?: Supervisor;
	/** The module that the process has loaded. */
	module?: string;
}

/** The plugins of a session, and a process for each that is on and runs apart: strangers always, ours when told to. */
export class Effects implements AsyncDisposable {
	readonly #options: EffectsOptions;
	readonly #endings: Endings;
	readonly #aparts = new Map<string, Apart>();
	/** Which plugins the session was last told to find where. */
	#told = "";

	constructor(options: EffectsOptions) {
		this.#options = options;
		this.#endings = new Endings(options.log);
	}

	/** Those that run. */
	get processes(): readonly Supervisor[] {
		return [...this.#aparts.values()].flatMap(({ process }) => process ?? []);
	}

	/** Whether the session must be told anew where its plugins are. */
	get moved(): boolean {
		return JSON.stringify(this.#where()) !== this.#told;
	}

	/** Where the session finds its plugins. */
	refs(): SessionTask["plugins"] {
		const where = this.#where();
		this.#told = JSON.stringify(where);
		return where;
	}

	/** Brings every process to what the parameters say. */
	follow(): void {
		for (const id of this.#ids()) {
			const { process } = this.#aparts.get(id) ?? {};
			const wanted = this.#isApart(id) && this.#is(id, "enabled");
			if (process && wanted) process.feed();
			else if (wanted) this.#begin(id);
			else if (process) this.#end(id);
		}
	}

	/** Another generator plays. */
	retask(): void {
		for (const process of this.processes) process.retask();
	}

	/** Guests came, went or were changed: what was changed is begun anew beside what runs, and takes over once it is ready. */
	async renew(): Promise<void> {
		const { catalogue } = this.#options;
		for (const id of this.#aparts.keys()) if (!catalogue.plugins.has(id)) this.#end(id);
		this.follow();
		const changed = [...this.#aparts].filter(([id, { process, module }]) => {
			return process && module !== catalogue.plugins.get(id)?.module;
		});
		await Promise.all(changed.map(([id]) => this.#replace(id)));
	}

	/** Resolves once everything that was switched off has ended. */
	settled(): Promise<void> {
		return this.#endings.settled();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const id of this.#aparts.keys()) this.#end(id);
		await this.settled();
		await disposeAll([...this.#aparts.values()].flatMap(({ rings }) => rings));
		this.#aparts.clear();
	}

	#ids(): string[] {
		return this.#options.catalogue.tapping().map(({ guest }) => guest.id);
	}

	#where(): SessionTask["plugins"] {
		const { catalogue } = this.#options;
		return catalogue.tapping().map(({ module, guest: { id } }) => {
			return this.#isApart(id) ? { id, ring: this.#apart(id).ring } : { module, id };
		});
	}

	#isApart(id: string): boolean {
		return this.#options.catalogue.plugins.get(id)?.package !== undefined || this.#is(id, "isolated");
	}

	#is(id: string, what: string): boolean {
		const { session, store } = this.#options;
		return store.get(`/${session}/plugin/${id}/${what}`) === true;
	}

	#apart(id: string): Apart {
		const known = this.#aparts.get(id);
		if (known) return known;
		const { session, prefix } = this.#options;
		const ring = `${prefix}-${session}.${this.#aparts.size}`;
		const { calls, given, replies, made } = apartRings(ring);
		const rings: Ring[] = [];
		try {
			for (const name of [calls, replies]) rings.push(Ring.create(name, { maxBytes: 2 * NOTE_BYTES }));
			for (const name of [given, made]) rings.push(Ring.create(name));
		} catch (error) {
			for (const ring of rings) ring.close();
			throw error;
		}
		const apart = { ring, rings };
		this.#aparts.set(id, apart);
		return apart;
	}

	#begin(id: string): void {
		const apart = this.#apart(id);
		apart.module = this.#options.catalogue.plugins.get(id)?.module ?? "";
		apart.process = this.#supervise(id, apart);
		apart.process.start();
	}

	/** The next process takes the rings over when it is ready; until then the last one goes on. */
	async #replace(id: string): Promise<void> {
		const { process: last } = this.#aparts.get(id) ?? {};
		const { promise: settled, resolve } = Promise.withResolvers<void>();
		const apart = this.#apart(id);
		apart.module = this.#options.catalogue.plugins.get(id)?.module ?? "";
		const next = this.#supervise(id, apart, (state) => state !== "starting" && resolve());
		apart.process = next;
		next.start();
		await settled;
		if (last) this.#endings.end(last);
	}

	#end(id: string): void {
		const apart = this.#aparts.get(id);
		if (!apart?.process) return;
		this.#endings.end(apart.process);
		delete apart.process;
		delete apart.module;
	}

	#supervise(id: string, { ring }: Apart, state: (state: string) => void = () => {}): Supervisor {
		const { session, catalogue, log, listener, generator, snapshots } = this.#options;
		const { module = "", flags = [], env = {}, memory = MEMORY } = catalogue.plugins.get(id) ?? {};
		const name = `plugin:${session}/${id}`;
		const process: Supervisor = new Supervisor({
			name,
			task: () => ({ role: "plugin", session, plugin: { module, id }, generator: generator(), ring }),
			snapshots: () => ({ [`/plugin/${id}`]: snapshots()[`/plugin/${id}`] as Snapshot }),
			log: log.with({ process: name }),
			policy: POLICY,
			env,
			flags: [`--max-old-space-size=${memory}`, ...flags],
			listener: {
				...listener(id),
				state: (status) => {
					state(status.state);
					// The flag bounds the heap only; what lies beside it, such as pixels, is bounded here.
					if ((status.memory ?? 0) > 2 * memory * 1e6) process.fail(`it used more than ${2 * memory} MB`);
				},
			},
		});
		return process;
	}
}
