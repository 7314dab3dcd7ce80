import type { Log } from "../base/log.ts";
import type { SupervisorListener } from "../host/status.ts";
import { Supervisor } from "../host/supervisor.ts";
import type { ParamStore } from "../params/store.ts";
import type { Catalogue } from "./catalogue.ts";
import { Endings } from "./endings.ts";
import { type SourceKind, sourceKinds, sourceSchema } from "./parts.ts";

type SavedValues = Readonly<Record<string, unknown>>;

/** What the way in of a session needs. */
export interface InletOptions {
	readonly session: string;
	/** Name of the ring that a source's process writes. */
	readonly ring: string;
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	readonly log: Log;
	/** Told what the source's process reports. */
	readonly listener: SupervisorListener;
}

/** Where a session's frames come from: the kind that its parameter `/source/kind` names, and its process if it has one. */
export class Inlet implements AsyncDisposable {
	readonly #options: InletOptions;
	readonly #endings: Endings;
	/** Values of kinds that are not chosen now, so that coming back finds them as they were. */
	readonly #putAway = new Map<string, SavedValues>();
	#kinds: readonly SourceKind[];
	#kind: SourceKind;
	#process: Supervisor | undefined;
	/** The module that the process runs. */
	#module: string | undefined;

	constructor(options: InletOptions, saved: SavedValues = {}) {
		this.#options = options;
		this.#endings = new Endings(options.log);
		this.#kinds = sourceKinds(options.catalogue);
		this.#kind = this.#mount(String(saved["/kind"] ?? "none"), saved);
	}

	/** The kind that is chosen. */
	get kind(): SourceKind {
		return this.#kind;
	}

	/** Its process, if it has one. */
	get process(): Supervisor | undefined {
		return this.#process;
	}

	/** Name of the ring that the session reads; `undefined` if nobody writes any. */
	get reads(): string | undefined {
		const { store, ring } = this.#options;
		if (this.#kind.from === "nobody") return undefined;
		return this.#kind.from === "ring" ? String(store.get(this.#at("/ring"))) || undefined : ring;
	}

	/** Ends the process that there is and starts that of the chosen kind. */
	start(): void {
		if (this.#process) this.#endings.end(this.#process);
		this.#process = undefined;
		if (this.#kind.from !== "process") return;
		const { session, ring, catalogue, store, log, listener } = this.#options;
		const { id } = this.#kind;
		const { module, flags = [], env = {} } = catalogue.bridge(id);
		this.#module = module;
		const name = `source:${session}`;
		const next = new Supervisor({
			name,
			task: () => ({ role: "source", session, bridge: { module, id }, config: catalogue.settings(id), ring }),
			snapshots: () => ({ "": store.snapshot(this.#at("")) }),
			log: log.with({ process: name }),
			flags,
			env,
			listener,
		});
		this.#process = next;
		// Whoever wrote before has left the ring before the next one enters it. `settled` never rejects.
		void this.#endings.settled().then(() => this.#process === next && next.start());
	}

	/** Another kind was chosen: its parameters take the place of the last one's, and its process is started. */
	choose(id: string): void {
		this.#putAway.set(this.#kind.id, this.#options.store.save(this.#at("")));
		this.#kind = this.#mount(id, { ...this.#putAway.get(id), "/kind": id });
		this.start();
	}

	/** Other kinds may be chosen than before. Whether the chosen one is gone: `none` is, then. */
	follow(): boolean {
		this.#kinds = sourceKinds(this.#options.catalogue);
		const gone = !this.#kinds.some(({ id }) => id === this.#kind.id);
		if (gone) this.choose("none");
		else this.#kind = this.#mount(this.#kind.id);
		const { bridges } = this.#options.catalogue;
		if (this.#process && bridges.get(this.#kind.id)?.module !== this.#module) this.start();
		return gone;
	}

	/** Resolves once everything that was ended is gone. */
	settled(): Promise<void> {
		return this.#endings.settled();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#process) this.#endings.end(this.#process);
		this.#process = undefined;
		await this.settled();
	}

	#mount(id: string, values: SavedValues = {}): SourceKind {
		const kind = this.#kinds.find((kind) => kind.id === id) ?? (this.#kinds[0] as SourceKind);
		this.#options.store.mount(this.#at(""), sourceSchema(this.#kinds, kind), values);
		return kind;
	}

	#at(relative: string): string {
		return `/${this.#options.session}/source${relative}`;
	}
}
