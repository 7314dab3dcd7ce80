import type { DType, Engine, Graph, Model, ModelOptions, Tensor } from "mutoscope/inference";
import { type Memory, port } from "./past.ts";

/** A graph whose layers remember, and what they remember. */
export interface DrawnStream {
	readonly graph: Graph;
	readonly memories: readonly Memory[];
}

/** How a streaming model is drawn and loaded. */
export interface StreamingModelOptions {
	/** Type of the memories. */
	readonly dtype: DType;
	/** Draws the graph that goes on with a stream, and the one that starts it. Both remember the same. */
	draw(starts: boolean): DrawnStream;
	/** Whether a stream starts like it goes on, with zeros to remember: then no graph is drawn for its start. */
	readonly startsFromZeros: boolean;
	/** How its models are loaded. */
	readonly loading: ModelOptions;
}

/** What one stream remembers between runs. It stays where the provider computes. */
export class StreamMemory implements Disposable {
	/** Whether the stream has begun; if not, the next run starts it. */
	begun = false;
	/** The memories, and where they are written if that cannot be in place. */
	#sets: [ReadonlyMap<string, Tensor>, ReadonlyMap<string, Tensor>] | undefined;

	/** The memories to read and those to write: the same where the provider writes in place. All are zeros at first. */
	tensors(
		engine: Engine,
		memories: readonly Memory[],
		dtype: DType,
	): readonly [ReadonlyMap<string, Tensor>, ReadonlyMap<string, Tensor>] {
		if (!this.#sets) {
			const make = (): ReadonlyMap<string, Tensor> =>
				new Map(memories.map(({ name, shape }) => [name, engine.deviceTensor(dtype, shape)]));
			const first = make();
			this.#sets = [first, engine.provider.inPlace ? first : make()];
		}
		return this.#sets;
	}

	/** What was written is what the next run reads. */
	advance(): void {
		this.begun = true;
		if (this.#sets) this.#sets.reverse();
	}

	/** Frees the memories. */
	[Symbol.dispose](): void {
		for (const set of this.#sets ?? []) for (const tensor of set.values()) tensor.dispose();
		this.#sets = undefined;
		this.begun = false;
	}
}

interface Loaded {
	readonly model: Model;
	readonly memories: readonly Memory[];
}

/** A model that is run again and again on the next frames of a stream, or of several by turns. */
export class StreamingModel implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #options: StreamingModelOptions;
	readonly #models = new Map<"start" | "steady", Promise<Loaded>>();

	/** Nothing is loaded before it is needed, or `load` is called. */
	constructor(engine: Engine, options: StreamingModelOptions) {
		this.#engine = engine;
		this.#options = options;
	}

	/** Loads it. Errors: those of `Engine.model`. */
	async load(): Promise<void> {
		await Promise.all([this.#loaded(false), this.#options.startsFromZeros ? undefined : this.#loaded(true)]);
	}

	/**
	 * Runs it on the next frames of a stream: all outputs but the memories, which belong to the caller. A run that fails or is
	 * aborted leaves a stream that starts anew.
	 */
	async run(
		memory: StreamMemory,
		feeds: Readonly<Record<string, Tensor>>,
		signal?: AbortSignal,
	): Promise<Record<string, Tensor>> {
		const { dtype, startsFromZeros } = this.#options;
		const starts = !memory.begun;
		const { model, memories } = await this.#loaded(starts && !startsFromZeros);
		if (starts && startsFromZeros) memory[Symbol.dispose]();
		const [read, written] = memory.tensors(this.#engine, memories, dtype);
		memory.begun = false;
		const before = starts && !startsFromZeros ? [] : [...read].map(([name, one]) => [port.before(name), one] as const);
		const after = Object.fromEntries([...written].map(([name, one]) => [port.after(name), one]));
		const outputs = await model.run({ ...feeds, ...Object.fromEntries(before) }, after, signal ? { signal } : {});
		memory.advance();
		return Object.fromEntries(Object.entries(outputs).filter(([name]) => !(name in after)));
	}

	/** Frees the models. */
	async [Symbol.asyncDispose](): Promise<void> {
		const loaded = [...this.#models.values()];
		this.#models.clear();
		for (const one of loaded) await (await one.catch(() => undefined))?.model[Symbol.asyncDispose]();
	}

	async #loaded(starts: boolean): Promise<Loaded> {
		const kind = starts ? "start" : "steady";
		const loading = this.#models.get(kind) ?? this.#open(starts);
		this.#models.set(kind, loading);
		try {
			return await loading;
		} catch (error) {
			if (this.#models.get(kind) === loading) this.#models.delete(kind);
			throw error;
		}
	}

	async #open(starts: boolean): Promise<Loaded> {
		const { graph, memories } = this.#options.draw(starts);
		return { model: await this.#engine.model(graph, this.#options.loading), memories };
	}
}
