import { type Dispose, disposeAll } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import { Supervisor } from "../host/supervisor.ts";
import { Ring } from "../media/ring.ts";
import { jsonSchemaOf } from "../params/schema.ts";
import type { Change, ParamStore, Snapshot } from "../params/store.ts";
import { sessionParams, transportParams } from "../session/params.ts";
import { type Catalogue, schemaOf } from "./catalogue.ts";
import { type SourceKind, sourceKinds, sourceSchema, switchSchema } from "./parts.ts";
import type { RecordingFolder } from "./recordings.ts";

/** Values that a show begins with: by part (`""`, `/source`, `/sink/recording` …), then by relative address. */
export type SavedParts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a show needs of the daemon. */
export interface ShowOptions {
	readonly name: string;
	readonly store: ParamStore;
	readonly catalogue: Catalogue;
	/** Beginning of the names of its rings. */
	readonly prefix: string;
	readonly recordings: RecordingFolder;
	readonly saved: SavedParts;
	readonly log: Log;
	/** The first frame made with `revision` is visible. */
	applied(revision: number, frame: number): void;
	/** Its rings, or who writes its source, changed. */
	rewired(): void;
}

/** The sink whose file the daemon names. */
const RECORDING = "recording";

/** One session as the daemon holds it: its rings, its processes, its parameters. The pictures are made elsewhere. */
export class Show implements AsyncDisposable {
	readonly name: string;
	readonly output: Ring;
	readonly input: Ring;
	readonly #options: ShowOptions;
	readonly #kinds: readonly SourceKind[];
	readonly #session: Supervisor;
	readonly #sinks = new Map<string, Supervisor>();
	/** Values of pipelines and sources that are not chosen now, so that coming back finds them as they were. */
	readonly #put = new Map<string, Record<string, unknown>>();
	readonly #unwatch: Dispose;
	#source: Supervisor | undefined;
	#pipeline: string;
	#kind: SourceKind;
	#reports: Record<string, Readonly<Record<string, unknown>>> = {};

	constructor(options: ShowOptions) {
		this.#options = options;
		this.name = options.name;
		const { store, catalogue, saved, prefix, name } = options;
		this.output = Ring.create(`${prefix}-${name}`);
		this.input = Ring.create(`${prefix}-${name}-in`);
		this.#kinds = sourceKinds(catalogue);
		store.mount(this.at("/session"), jsonSchemaOf(sessionParams), saved["/session"]);
		store.mount(this.at("/transport"), jsonSchemaOf(transportParams), saved["/transport"]);
		this.#pipeline = this.#mountPipeline(saved[""]);
		this.#kind = this.#mountSource(String(saved["/source"]?.["/kind"] ?? "none"), saved["/source"]);
		for (const { definition } of catalogue.tapping()) {
			const schema = switchSchema(definition.title, false, schemaOf(definition.params));
			store.mount(this.at(`/plugin/${definition.id}`), schema, saved[`/plugin/${definition.id}`]);
		}
		for (const { definition } of catalogue.bridgesWith("sink")) {
			const schema = switchSchema(definition.title, false, schemaOf(definition.sink?.params));
			store.mount(this.at(`/sink/${definition.id}`), schema, saved[`/sink/${definition.id}`]);
		}
		this.#session = this.#supervise(
			"session",
			() => this.#sessionTask(),
			() => this.#sessionSnapshots(),
		);
		this.#unwatch = store.watch((change) => this.#changed(change));
	}

	/** The full address of a part or parameter of this session. */
	at(relative: string): string {
		return `/${this.name}${relative}`;
	}

	/** Starts its processes. */
	start(): void {
		this.#session.start();
		this.#switchSource();
		for (const { definition } of this.#options.catalogue.bridgesWith("sink")) this.#switchSink(definition.id);
	}

	/** The kind of source that is chosen. */
	get source(): SourceKind {
		return this.#kind;
	}

	/** The pipeline that is chosen. */
	get pipeline(): string {
		return this.#pipeline;
	}

	/** Its processes, the session's own first. */
	get processes(): readonly Supervisor[] {
		return [this.#session, ...(this.#source ? [this.#source] : []), ...this.#sinks.values()];
	}

	/** What each of its processes last reported: `session`, `source`, `sink/<id>`. */
	get reports(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
		return this.#reports;
	}

	/** Begins the session's process anew, out of quarantine too. */
	restart(reason: string): void {
		for (const process of this.processes) process.restart(reason);
	}

	/** Values of all its parts, to begin with again. */
	save(): SavedParts {
		const { store, catalogue } = this.#options;
		const parts = ["/session", "/transport", "/source", ""];
		for (const { definition } of catalogue.tapping()) parts.push(`/plugin/${definition.id}`);
		for (const { definition } of catalogue.bridgesWith("sink")) parts.push(`/sink/${definition.id}`);
		return Object.fromEntries(parts.map((part) => [part, store.save(this.at(part))]));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#unwatch();
		await disposeAll([this.input, this.output, ...this.processes.toReversed()]);
		const { store, catalogue } = this.#options;
		for (const part of ["/session", "/transport", "/source", ""]) store.unmount(this.at(part));
		for (const { definition } of catalogue.tapping()) store.unmount(this.at(`/plugin/${definition.id}`));
		for (const { definition } of catalogue.bridgesWith("sink")) store.unmount(this.at(`/sink/${definition.id}`));
	}

	#supervise(
		role: string,
		task: () => ReturnType<ConstructorParameters<typeof Supervisor>[0]["task"]>,
		snapshots: () => Record<string, Snapshot>,
	): Supervisor {
		const { log, applied } = this.#options;
		const name = role.includes("/") ? role.replace("/", `:${this.name}/`) : `${role}:${this.name}`;
		return new Supervisor({
			name,
			task,
			snapshots,
			log: log.with({ process: name }),
			listener: {
				applied: (revision, frame) => applied(revision, frame),
				report: (report) => {
					this.#reports = { ...this.#reports, [role]: report };
				},
			},
		});
	}

	#changed({ values, fired }: Change): void {
		const own = this.at("/");
		const touched = [...values.keys(), ...fired].filter((address) => address.startsWith(own));
		if (touched.length === 0) return;
		const { store } = this.#options;
		if (values.has(this.at("/session/pipeline"))) this.#switchPipeline();
		if (values.has(this.at("/source/kind"))) this.#switchKind();
		if (this.#kind.from === "ring" && values.has(this.at("/source/ring"))) this.#session.retask();
		for (const [trigger, paused] of [
			["play", false],
			["pause", true],
		] as const) {
			if (!fired.includes(this.at(`/transport/${trigger}`))) continue;
			store.set([[this.at("/transport/paused"), paused]], "transport");
		}
		const sinks = new Set(touched.flatMap((address) => /^\/[^/]+\/sink\/([^/]+)/.exec(address)?.[1] ?? []));
		for (const id of sinks) {
			if (values.has(this.at(`/sink/${id}/enabled`))) this.#switchSink(id);
			this.#sinks.get(id)?.feed();
		}
		if (touched.some((address) => address.startsWith(this.at("/source/")))) this.#source?.feed();
		this.#session.feed();
	}

	#switchPipeline(): void {
		this.#put.set(`pipeline ${this.#pipeline}`, this.#options.store.save(this.at("")));
		const chosen = String(this.#options.store.get(this.at("/session/pipeline")));
		this.#pipeline = this.#mountPipeline(this.#put.get(`pipeline ${chosen}`));
		this.#session.retask();
	}

	#switchKind(): void {
		const chosen = String(this.#options.store.get(this.at("/source/kind")));
		this.#put.set(`source ${this.#kind.id}`, this.#options.store.save(this.at("/source")));
		this.#kind = this.#mountSource(chosen, { ...this.#put.get(`source ${chosen}`), "/kind": chosen });
		this.#switchSource();
		this.#session.retask();
		this.#options.rewired();
	}

	/** A pipeline that is not there any more gives way to the first that is. */
	#mountPipeline(values: Readonly<Record<string, unknown>> = {}): string {
		const { store, catalogue } = this.#options;
		const wanted = String(store.get(this.at("/session/pipeline")));
		const chosen = catalogue.pipelines.has(wanted) ? wanted : String([...catalogue.pipelines.keys()][0]);
		if (chosen !== wanted) store.set([[this.at("/session/pipeline"), chosen]], "daemon");
		store.mount(this.at(""), schemaOf(catalogue.pipeline(chosen).definition.params), values);
		return chosen;
	}

	#mountSource(id: string, values: Readonly<Record<string, unknown>> = {}): SourceKind {
		const kind = this.#kinds.find((kind) => kind.id === id) ?? (this.#kinds[0] as SourceKind);
		this.#options.store.mount(this.at("/source"), sourceSchema(this.#kinds, kind), values);
		return kind;
	}

	#switchSource(): void {
		const before = this.#source;
		this.#source = undefined;
		// Whoever wrote before has left the ring before the next one enters it.
		const left = before ? before[Symbol.asyncDispose]() : Promise.resolve();
		if (this.#kind.from !== "process") return;
		const { id } = this.#kind;
		const { catalogue, store, log } = this.#options;
		const next = this.#supervise(
			"source",
			() => {
				const { module } = catalogue.bridge(id);
				return { role: "source", session: this.name, bridge: { module, id }, ring: this.input.name };
			},
			() => ({ "": store.snapshot(this.at("/source")) }),
		);
		this.#source = next;
		left.then(
			() => this.#source === next && next.start(),
			(error: unknown) => log.error("a source did not end", { error }),
		);
	}

	#switchSink(id: string): void {
		const { store, catalogue, log, recordings } = this.#options;
		const enabled = store.get(this.at(`/sink/${id}/enabled`)) === true;
		const running = this.#sinks.get(id);
		if (enabled === (running !== undefined)) return;
		if (running) {
			this.#sinks.delete(id);
			running[Symbol.asyncDispose]()
				.catch((error: unknown) => log.error("a sink did not end", { error }))
				.finally(() => id === RECORDING && recordings.ended(this.name));
			return;
		}
		// A recorder that was restarted goes on in a further file: what it had written stays whole.
		let path: string | undefined;
		const sink = this.#supervise(
			`sink/${id}`,
			() => {
				const { module } = catalogue.bridge(id);
				if (id === RECORDING) path = recordings.begin(this.name);
				return { role: "sink", session: this.name, bridge: { module, id }, ring: this.output.name };
			},
			() => {
				const snapshot = store.snapshot(this.at(`/sink/${id}`));
				return { "": path ? { ...snapshot, values: { ...snapshot.values, path } } : snapshot };
			},
		);
		this.#sinks.set(id, sink);
		sink.start();
	}

	#sessionTask() {
		const { catalogue, store } = this.#options;
		const input = this.#kind.from === "ring" ? String(store.get(this.at("/source/ring"))) : this.input.name;
		const plugins = catalogue.tapping().map(({ module, definition }) => ({ module, id: definition.id }));
		return {
			role: "session" as const,
			session: this.name,
			pipeline: { module: catalogue.pipeline(this.#pipeline).module, id: this.#pipeline },
			plugins,
			output: this.output.name,
			...(this.#kind.from === "nobody" || input === "" ? {} : { input }),
		};
	}

	#sessionSnapshots(): Record<string, Snapshot> {
		const { store, catalogue } = this.#options;
		const parts = ["", "/session", "/transport", "/source"];
		for (const { definition } of catalogue.tapping()) parts.push(`/plugin/${definition.id}`);
		return Object.fromEntries(parts.map((part) => [part, store.snapshot(this.at(part))]));
	}
}
