import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Artifact, LoadingStage, MemoryNeed } from "../contract/artifact.ts";
import type { Pipeline, PipelineDefinition } from "../contract/pipeline.ts";
import type { FramePool } from "../media/pool.ts";
import { type Values, valueAt, withValue } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import type { Machine } from "./machine.ts";
import { Part } from "./part.ts";
import { requireRoom } from "./room.ts";
import type { Wanted } from "./wish.ts";

/** What opening takes. */
export interface Opens {
	readonly pool: FramePool;
	readonly machine: Machine;
	readonly log: Log;
	/** Threads of the processor; as many as usual if it is not said. */
	readonly threads?: number | undefined;
	/** How far it has got. */
	progress(loading: LoadingStage): void;
}

/** An opened pipeline with its values. Closes the pipeline with itself. */
export class Stage implements AsyncDisposable {
	readonly wanted: Wanted<PipelineDefinition>;
	readonly pipeline: Pipeline;
	/** Memory that it takes, as far as it says. */
	readonly need: MemoryNeed | undefined;
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
		this.need = wanted.definition.memory?.(opened as never);
		this.#part = part;
		this.#opened = opened;
		this.#values = opened;
	}

	/** Opens a pipeline. Throws `pipeline/memory`, `pipeline/failed`, its own error, or the signal's reason. */
	static async open(
		wanted: Wanted<PipelineDefinition>,
		snapshot: Snapshot,
		{ pool, machine, log, threads, progress }: Opens,
		signal: AbortSignal,
	): Promise<Stage> {
		const { definition } = wanted;
		const part = new Part(definition.params);
		const values = part.read(snapshot);
		part.take(snapshot);
		try {
			await requireRoom(definition.id, definition.memory?.(values as never), machine);
			const context = {
				params: values,
				frame: pool.take.bind(pool),
				file: (artifact: Artifact) => machine.file(artifact),
				compute: threads === undefined ? machine.compute : { ...machine.compute, threads },
				picture: (path: string, signal: AbortSignal) => machine.picture(path, signal),
				cache: `${machine.cache}/${definition.id}`,
				progress,
				log: log.with({ pipeline: definition.id }),
			};
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
	async valuesFor(snapshot: Snapshot, modulate: (values: Values) => Promise<Values>): Promise<Values> {
		const rest = this.read(snapshot);
		this.#values = rest;
		const moved = this.#part.clamp(await modulate(rest), rest);
		return this.#part.withFired(moved, this.#part.take(snapshot));
	}

	/** Values for one chunk while another pipeline's are in the feed: those of the last, moved by `modulate`. */
	async valuesAgain(modulate: (values: Values) => Promise<Values>): Promise<Values> {
		return this.#part.clamp(await modulate(this.#values), this.#values);
	}

	/** Values of the last chunk, before modulation. */
	get last(): Values {
		return this.#values;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#closing ??= this.pipeline[Symbol.asyncDispose]();
		await this.#closing;
	}
}

/** Whether a pipeline that does not fit would, once those that take `freed` are closed. */
export async function fitsWithout(
	{ definition }: Wanted<PipelineDefinition>,
	snapshot: Snapshot,
	machine: Machine,
	freed: readonly MemoryNeed[],
): Promise<boolean> {
	const need = definition.memory?.(new Part(definition.params).read(snapshot) as never);
	return requireRoom(definition.id, need, machine, freed).then(
		() => true,
		() => false,
	);
}

/** Whatever a pipeline threw, as an error that names it. */
export function pipelineFailed(pipeline: string, error: unknown): MutoscopeError {
	if (error instanceof MutoscopeError) return error;
	return new MutoscopeError("pipeline/failed", { pipeline, reason: reasonOf(error) }, { cause: error });
}
