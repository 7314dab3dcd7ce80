import { disposeAll } from "../base/dispose.ts";
import { reasonOf } from "../base/errors.ts";
import type { PipelineDefinition, Turn } from "../contract/pipeline.ts";
import type { Frame } from "../media/frame.ts";
import type { Feed } from "./feed.ts";
import type { Report } from "./report.ts";
import { type Opens, Stage } from "./stage.ts";
import { Standby } from "./standby.ts";
import { Wish } from "./wish.ts";

/** What the stages need of the session. */
export interface StagesParts extends Omit<Opens, "progress"> {
	readonly feed: Feed;
	readonly report: Report;
	/** A stage threw, and stays off until it is switched off and on again. */
	stageFailed(stage: string, error: unknown): void;
}

interface Processor {
	readonly definition: PipelineDefinition;
	readonly wish: Wish<PipelineDefinition>;
	readonly held: Standby;
}

/**
 * The pre- and postprocessors of a session, those that are switched on (`/stage/<id>/enabled`). Frames pass one that is
 * still being opened as they are.
 */
export class Stages implements AsyncDisposable {
	readonly #parts: StagesParts;
	readonly #processors = new Map<PipelineDefinition, Processor>();
	readonly #faulty = new Set<string>();
	readonly #closing = new Set<Promise<void>>();

	constructor(parts: StagesParts) {
		this.#parts = parts;
	}

	/** Frames as the preprocessors make them for the pipeline. Closes those given. */
	before(frames: readonly Frame[], turn: Turn, signal: AbortSignal): Promise<readonly Frame[]> {
		return this.#pass("preprocessor", frames, turn, signal);
	}

	/** Frames of the pipeline as the postprocessors make them. Closes those given. */
	after(frames: readonly Frame[], turn: Turn, signal: AbortSignal): Promise<readonly Frame[]> {
		return this.#pass("postprocessor", frames, turn, signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await disposeAll([...this.#processors.values()].map(({ held }) => held));
		this.#processors.clear();
		await Promise.all(this.#closing);
	}

	async #pass(usage: "preprocessor" | "postprocessor", given: readonly Frame[], turn: Turn, signal: AbortSignal) {
		let frames = given;
		const { stages = [] } = this.#parts.feed.cast;
		this.#letGo(stages);
		for (const definition of stages) {
			if (!definition.usage?.includes(usage)) continue;
			const stage = this.#open(definition);
			if (stage) frames = await this.#run(stage, frames, turn, signal);
		}
		return frames;
	}

	/** Closes those that are not in the cast any more. */
	#letGo(stages: readonly PipelineDefinition[]): void {
		for (const { definition, held } of this.#processors.values()) {
			if (stages.includes(definition)) continue;
			this.#processors.delete(definition);
			this.#parts.report.because(`stage ${definition.id}`, undefined);
			this.#track(held[Symbol.asyncDispose]());
		}
	}

	/** The stage if it is switched on and open; begins to open it, or closes it, as it is switched. */
	#open(definition: PipelineDefinition): Stage | undefined {
		const { feed, report } = this.#parts;
		const { id } = definition;
		const part = feed.part(`/stage/${id}`);
		const on = part.values.enabled === true;
		if (!on) this.#faulty.delete(id);
		let processor = this.#processors.get(definition);
		if (!processor) {
			if (!on) return undefined;
			const held = new Standby({
				open: (wanted, signal) =>
					Stage.open(wanted, feed.part(`/stage/${id}`), { ...this.#parts, progress: () => {} }, signal),
				close: (stage) => this.#close(stage),
				because: (reason) => report.because(`stage ${id}`, reason),
			});
			processor = { definition, wish: new Wish(definition), held };
			this.#processors.set(definition, processor);
		}
		processor.held.want(on && !this.#faulty.has(id) ? processor.wish.under(part) : undefined, feed.cast);
		return processor.held.stage;
	}

	/** Frames through one stage, in groups of as many as it asks for. What it throws on passes as it was. */
	async #run(stage: Stage, frames: readonly Frame[], turn: Turn, signal: AbortSignal): Promise<Frame[]> {
		const { id } = stage.wanted.definition;
		const made: Frame[] = [];
		let left = frames;
		/** Clones of the frames that it has at the moment: it may close them and throw. */
		let lent: Frame[] = [];
		try {
			const values = await stage.valuesFor(this.#parts.feed.part(`/stage/${id}`), async (values) => values);
			const size = groupOf(stage.pipeline.demand?.(values).frames, frames.length);
			const own = { ...turn, hand: stage.last };
			for (; left.length > 0; left = left.slice(size)) {
				signal.throwIfAborted();
				lent = left.slice(0, size).map((frame) => frame.clone());
				const chunk = await stage.pipeline.generate({ frames: left.slice(0, size) }, values, own, signal);
				made.push(...chunk.frames);
				for (const frame of lent) frame.close();
				lent = [];
			}
			return made;
		} catch (error) {
			for (const frame of left.slice(0, lent.length)) frame.close();
			const passing = [...made, ...lent, ...left.slice(lent.length)];
			if (!signal.aborted) {
				this.#fault(id, error);
				return passing;
			}
			for (const frame of passing) frame.close();
			throw signal.reason;
		}
	}

	#fault(id: string, error: unknown): void {
		this.#faulty.add(id);
		this.#parts.log.error("the stage failed and was switched off", { stage: id, error, reason: reasonOf(error) });
		this.#parts.stageFailed(id, error);
	}

	#close(stage: Stage): Promise<void> {
		const { log } = this.#parts;
		const closed = disposeAll([stage]).catch((error) => {
			log.warn("the stage failed to close", { stage: stage.wanted.definition.id, error });
		});
		this.#track(closed);
		return closed;
	}

	/** Closing goes on beside the show; the end waits for it. */
	#track(closing: Promise<void>): void {
		const tracked: Promise<void> = closing.finally(() => this.#closing.delete(tracked));
		this.#closing.add(tracked);
	}
}

/** How many frames a stage is given at a time: as many as it asks for, all where it does not say. */
function groupOf(asked: number | undefined, all: number): number {
	return asked !== undefined && asked >= 1 ? Math.trunc(asked) : Math.max(1, all);
}
