import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Pipeline, PipelineDefinition } from "../contract/pipeline.ts";
import type { FramePool } from "../media/pool.ts";
import { type Values, valueAt, withValue } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import { Part } from "./part.ts";
import type { Wanted } from "./wish.ts";

/** An opened pipeline with its values. Closes the pipeline with itself. */
export class Stage implements AsyncDisposable {
	readonly wanted: Wanted<PipelineDefinition>;
	readonly pipeline: Pipeline;
	readonly #part: Part<PipelineDefinition["params"]>;
	readonly #opened: Values;
	#values: Values;
	#closing: PromiseLike<void> | undefined;

	private constructor(
		wanted: Wanted<PipelineDefinition>,
		pipeline: Pipeline,
		part: Part<PipelineDefinition["params"]>,
		opened: Values,
	) {
		this.wanted = wanted;
		this.pipeline = pipeline;
		this.#part = part;
		this.#opened = opened;
		this.#values = opened;
	}

	/** Opens a pipeline. Throws `pipeline/failed`, or the signal's reason. */
	static async open(
		wanted: Wanted<PipelineDefinition>,
		snapshot: Snapshot,
		pool: FramePool,
		log: Log,
		signal: AbortSignal,
	): Promise<Stage> {
		const { definition } = wanted;
		const part = new Part(definition.params);
		const values = part.read(snapshot);
		part.take(snapshot);
		try {
			const context = { params: values, frame: pool.take.bind(pool), log: log.with({ pipeline: definition.id }) };
			const pipeline = await definition.open(context, signal);
			const stage = new Stage(wanted, pipeline, part, values);
			if (!signal.aborted) return stage;
			await stage[Symbol.asyncDispose]();
		} catch (error) {
			if (!signal.aborted) throw pipelineFailed(definition.id, error);
		}
		throw signal.reason;
	}

	/** Values as the hand has set them; those that need a reload as they were when it was opened. */
	read(snapshot: Snapshot): Values {
		const values = this.#part.read(snapshot);
		if (values === this.#opened) return values;
		const held = this.#part.params.filter(({ apply }) => apply === "reload");
		return held.reduce<Values>((all, { path }) => {
			const opened = valueAt(this.#opened, path);
			return opened === undefined ? all : withValue(all, path, opened);
		}, values);
	}

	/** Values for one chunk: moved by `modulate`, clamped to the ranges, with the triggers that were fired since the last. */
	valuesFor(snapshot: Snapshot, modulate: (values: Values) => Values): Values {
		this.#values = this.read(snapshot);
		const moved = this.#part.clamp(modulate(this.#values), this.#values);
		return this.#part.withFired(moved, this.#part.take(snapshot));
	}

	/** Values of the last chunk, before modulation: what it goes on with while another pipeline's values are in the feed. */
	get last(): Values {
		return this.#values;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#closing ??= this.pipeline[Symbol.asyncDispose]();
		await this.#closing;
	}
}

/** Whatever a pipeline threw, as an error that names it. */
export function pipelineFailed(pipeline: string, error: unknown): MutoscopeError {
	if (error instanceof MutoscopeError) return error;
	return new MutoscopeError("pipeline/failed", { pipeline, reason: reasonOf(error) }, { cause: error });
}
