import { type Dispose, disposeAll } from "../base/dispose.ts";
import { type Held, held } from "../contract/real-time.ts";
import type { SupervisorListener } from "../host/status.ts";
import { Supervisor } from "../host/supervisor.ts";
import { Ring } from "../media/ring.ts";
import { jsonSchemaOf } from "../params/schema.ts";
import type { Change, Snapshot } from "../params/store.ts";
import { sessionParams, transportParams } from "../session/params.ts";
import { Effects } from "./effects.ts";
import { inheritRing } from "./heirloom.ts";
import { Inlet } from "./inlet.ts";
import { firstSize, fitting, type Outcome } from "./measured.ts";
import { type SourceKind, switches } from "./parts.ts";
import { sessionTask } from "./session-task.ts";
import type { SavedParts, ShowOptions } from "./show-options.ts";
import { Sinks } from "./sinks.ts";
import { voiceOf } from "./voice.ts";

type Report = Readonly<Record<string, unknown>>;

/** One session as the daemon holds it: its rings, its processes, its parameters. The pictures are made elsewhere. */
export class Show implements AsyncDisposable {
	readonly name: string;
	/** What it shows. */
	readonly output: Ring;
	/** What comes in. */
	readonly input: Ring;
	readonly #options: ShowOptions;
	#switched: readonly string[] = [];
	readonly #session: Supervisor;
	readonly #sinks: Sinks;
	readonly #effects: Effects;
	readonly #inlet: Inlet;
	/** Values of pipelines that are not chosen now, so that coming back finds them as they were. */
	readonly #putAway = new Map<string, Record<string, unknown>>();
	/** The same of pipelines, as a session process reads them. */
	readonly #left = new Map<string, Snapshot>();
	readonly #reports = new Map<string, Report>();
	readonly #unwatch: Dispose;
	#pipeline: string;

	constructor(options: ShowOptions) {
		const { name, store, catalogue, recordings, saved, prefix, log } = options;
		this.#options = options;
		this.name = name;
		this.output = inheritRing(`${prefix}-${name}`);
		this.input = Ring.create(`${prefix}-${name}-in`);
		store.mount(this.at("/session"), jsonSchemaOf(sessionParams), saved["/session"]);
		store.mount(this.at("/transport"), jsonSchemaOf(transportParams), saved["/transport"]);
		this.#pipeline = this.#mountPipeline(saved[""]);
		const inlet = { session: name, ring: this.input.name, store, catalogue, log, listener: this.#bridge("source") };
		this.#inlet = new Inlet(inlet, saved["/source"]);
		this.#mountSwitches(saved);
		this.#session = new Supervisor({
			name: `session:${name}`,
			task: () => this.#task(),
			snapshots: () => this.#snapshots(),
			log: log.with({ process: `session:${name}` }),
			listener: {
				...this.#reporter("session"),
				applied: options.applied,
				event: (event, data) => this.#heard(event, data),
			},
		});
		this.#sinks = new Sinks({
			session: name,
			ring: this.output.name,
			store,
			catalogue,
			recordings,
			log,
			listener: (id) => this.#bridge(`sink/${id}`),
		});
		this.#effects = new Effects({
			session: name,
			prefix,
			store,
			catalogue,
			log,
			generator: () => catalogue.pipeline(this.#pipeline).guest.schema,
			snapshots: () => this.#snapshots(),
			listener: (id) => ({ ...this.#reporter(`plugin/${id}`), event: (event, data) => this.#heard(event, data) }),
		});
		this.#unwatch = store.watch((change) => this.#changed(change));
	}

	/** The full address of a part or parameter of this session. */
	at(relative: string): string {
		return `/${this.name}${relative}`;
	}

	/** Starts its processes. */
	start(): void {
		this.#effects.follow();
		this.#session.start();
		this.#inlet.start();
		this.#sinks.follow();
	}

	/** The kind of source that is chosen. */
	get source(): SourceKind {
		return this.#inlet.kind;
	}

	/** The pipeline that is chosen. */
	get pipeline(): string {
		return this.#pipeline;
	}

	/** What that pipeline holds on this machine, if it was measured. */
	get held(): Held | undefined {
		const found = this.#options.measured.held[this.#pipeline];
		return found && held.parse(found);
	}

	/** Its processes, the session's own first. */
	get processes(): readonly Supervisor[] {
		const { process } = this.#inlet;
		return [this.#session, ...(process ? [process] : []), ...this.#effects.processes, ...this.#sinks.processes];
	}

	/** What a process last said of itself: `session`, `source`, `sink/<id>`. */
	report(role: string): Report {
		return this.#reports.get(role) ?? {};
	}

	/** Other guests are there than before: parameters and processes follow, and what stays is not disturbed. */
	async follow(): Promise<void> {
		if (this.#inlet.follow()) this.#rewired();
		this.#pipeline = this.#mountPipeline();
		this.#mountSwitches({});
		this.#session.retask();
		this.#sinks.follow();
		await this.#effects.renew();
	}

	/** Begins its processes anew, also those in quarantine. */
	restart(reason: string): void {
		for (const process of this.processes) process.restart(reason);
	}

	/** Something that a pipeline waited for is there now. */
	retry(pipeline: string): void {
		const stages = this.#options.catalogue.processors().map(({ guest }) => guest.id);
		if ([this.#pipeline, this.#standby, ...stages].includes(pipeline)) this.#session.retask();
	}

	/** Resolves once everything that was switched off has ended. */
	async settled(): Promise<void> {
		await Promise.all([this.#inlet, this.#sinks, this.#effects].map((one) => one.settled()));
	}

	/** Values of all its parts, to begin with again. */
	save(): SavedParts {
		return Object.fromEntries(this.#parts.map((part) => [part, this.#options.store.save(this.at(part))]));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#unwatch();
		await disposeAll([this.input, this.output, this.#effects, this.#session, this.#sinks, this.#inlet]);
		for (const part of this.#parts) this.#options.store.unmount(this.at(part));
	}

	#changed({ values, fired }: Change): void {
		const own = this.at("/");
		const touched = [...values.keys(), ...fired].filter((address) => address.startsWith(own));
		if (touched.length === 0) return;
		const within = (part: string) => touched.some((address) => address.startsWith(this.at(`${part}/`)));
		if (fired.includes(this.at("/session/swap"))) this.#swap();
		if (values.has(this.at("/session/pipeline"))) this.#switchPipeline();
		else if (values.has(this.at("/session/standby"))) this.#session.retask();
		if (values.has(this.at("/source/kind"))) this.#switchKind();
		else if (this.#inlet.kind.from === "ring" && values.has(this.at("/source/ring"))) this.#session.retask();
		if (fired.includes(this.at("/transport/play"))) this.#pause(false);
		if (fired.includes(this.at("/transport/pause"))) this.#pause(true);
		if (within("/sink")) this.#sinks.follow();
		if (within("/plugin")) this.#effects.follow();
		if (this.#effects.moved) this.#session.retask();
		if (within("/source")) this.#inlet.process?.feed();
		this.#session.feed();
	}

	#pause(paused: boolean): void {
		this.#options.store.set([[this.at("/transport/paused"), paused]], "transport");
	}

	#switchPipeline(): void {
		const { store } = this.#options;
		this.#putAway.set(`pipeline ${this.#pipeline}`, store.save(this.at("")));
		this.#left.set(this.#pipeline, store.snapshot(this.at("")));
		const chosen = String(store.get(this.at("/session/pipeline")));
		this.#pipeline = this.#mountPipeline(this.#putAway.get(`pipeline ${chosen}`));
		this.#session.retask();
		this.#effects.retask();
	}

	#switchKind(): void {
		this.#inlet.choose(String(this.#options.store.get(this.at("/source/kind"))));
		this.#rewired();
	}

	#rewired(): void {
		this.#reports.delete("source");
		this.#session.retask();
		this.#options.rewired();
	}

	/** A pipeline that is not there any more gives way to the first that is. */
	#mountPipeline(values: Readonly<Record<string, unknown>> = {}): string {
		const { store, catalogue } = this.#options;
		const wanted = String(store.get(this.at("/session/pipeline")));
		const chosen = catalogue.pipelines.has(wanted) ? wanted : String([...catalogue.pipelines.keys()][0]);
		if (chosen !== wanted) store.set([[this.at("/session/pipeline"), chosen]], "daemon");
		const { schema } = catalogue.pipeline(chosen).guest;
		store.mount(this.at(""), schema, { ...firstSize(schema, this.#options.measured.held[chosen]), ...values });
		return chosen;
	}

	/** Puts up what can be switched; what there is no more goes. */
	#mountSwitches(saved: SavedParts): void {
		const { store, catalogue } = this.#options;
		const switched = switches(catalogue);
		for (const part of this.#switched) if (!switched.has(part)) store.unmount(this.at(part));
		for (const [part, schema] of switched) store.mount(this.at(part), schema, saved[part]);
		this.#switched = [...switched.keys()];
	}

	get #parts(): readonly string[] {
		return ["", "/session", "/transport", "/source", ...this.#switched];
	}

	#heard(event: string, data: unknown): void {
		if (event === "plugin/failed") this.#switchOff(`/plugin/${(data as { plugin: string }).plugin}`);
		if (event === "pipeline/measured") this.#fit(data as Outcome);
		if (event === "stage/failed") this.#switchOff(`/stage/${(data as { stage: string }).stage}`);
	}

	/** A pipeline was measured: what it holds is its size from now on. */
	#fit({ pipeline, held }: Outcome): void {
		const { store, measured } = this.#options;
		const changes = pipeline === this.#pipeline ? fitting(store, this.at(""), held, measured.sizes(pipeline)) : [];
		void measured.keep(pipeline, held); // `keep` never rejects
		if (changes.length > 0) store.set(changes, "measured");
	}

	/** What failed does not run: its switch says so, and switching it on again is another try. */
	#switchOff(part: string): void {
		const enabled = this.at(`${part}/enabled`);
		if (this.#options.store.find(enabled)) this.#options.store.set([[enabled, false]], "session");
	}

	#reporter(role: string): SupervisorListener {
		return { report: (report) => this.#reports.set(role, report) };
	}

	#bridge(role: string): SupervisorListener {
		const { store, log } = this.#options;
		return { ...this.#reporter(role), ...voiceOf({ store, session: this.at(""), part: this.at(`/${role}`), log }) };
	}

	#task() {
		const { catalogue, machine } = this.#options;
		return sessionTask(catalogue, {
			session: this.name,
			pipeline: this.#pipeline,
			standby: this.#standby,
			...machine,
			held: this.#options.measured.settled,
			plugins: this.#effects.refs(),
			output: this.output.name,
			input: this.#inlet.reads,
		});
	}

	#snapshots(): Record<string, Snapshot> {
		const { store } = this.#options;
		const parts = this.#parts.filter((part) => !part.startsWith("/sink/"));
		const snapshots = Object.fromEntries(parts.map((part) => [part, store.snapshot(this.at(part))]));
		return { ...snapshots, "/standby": this.#left.get(this.#standby ?? "") ?? { revision: 0, values: {}, fired: {} } };
	}

	/** The pipeline to be held, if one is chosen that there is and that does not play. */
	get #standby(): string | undefined {
		const chosen = String(this.#options.store.get(this.at("/session/standby")));
		return chosen !== this.#pipeline && this.#options.catalogue.pipelines.has(chosen) ? chosen : undefined;
	}

	/** What plays and what is held change places. */
	#swap(): void {
		const held = this.#standby;
		if (held === undefined) return;
		const [pipeline, standby] = [this.at("/session/pipeline"), this.at("/session/standby")];
		const swapped = [[pipeline, held] as const, [standby, this.#pipeline] as const];
		this.#options.store.set(swapped, "session");
	}
}
