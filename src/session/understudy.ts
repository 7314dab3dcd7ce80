import type { Log } from "../base/log.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Bell } from "./bell.ts";
import { type Cast, EMPTY } from "./feed.ts";
import type { Stage } from "./stage.ts";
import { type Wanted, Wish } from "./wish.ts";

/** Seconds of a black picture after which somebody steps in. What opens sooner is not worth a change. */
const BLACK = 1;

/** What stepping in needs. */
export interface UnderstudyParts {
	readonly bell: Bell;
	readonly log: Log;
	/** Whether nothing was ever shown. */
	readonly black: boolean;
	/** Who plays instead of a pipeline that was given up; `undefined` once none is. */
	because(reason: string | undefined): void;
	/** Opens a pipeline with its default values. */
	open(wanted: Wanted<PipelineDefinition>): Promise<Stage>;
}

/** Who plays while the chosen pipeline cannot: before the first picture, and where it does not open at all. */
export class Understudy implements Disposable {
	readonly #parts: UnderstudyParts;
	#timer: NodeJS.Timeout | undefined;
	#due = false;
	#stage: Stage | undefined;
	/** One that could not play either. */
	#unable: PipelineDefinition | undefined;

	constructor(parts: UnderstudyParts) {
		this.#parts = parts;
		if (!parts.black) return;
		this.#timer = setTimeout(() => {
			this.#due = true;
			parts.bell.ring();
		}, BLACK * 1000);
	}

	/** Whether this stage only stands in. */
	is(stage: Stage | undefined): boolean {
		return stage !== undefined && stage === this.#stage;
	}

	/** Whether somebody can take the place of the chosen one for good. */
	serves({ pipeline, understudy }: Cast): boolean {
		return understudy !== undefined && understudy !== this.#unable && understudy !== pipeline;
	}

	/**
	 * The stage that steps in now; `undefined` while there is no need, or nobody can. `givenUp`: the chosen one
	 * will not come.
	 */
	async stepIn(definition: PipelineDefinition | undefined, givenUp: boolean): Promise<Stage | undefined> {
		if (!definition || definition === this.#unable || !(this.#due || givenUp)) return undefined;
		try {
			this.#stage = await this.#parts.open(new Wish(definition).under(EMPTY));
			if (givenUp) this.stay();
			return this.#stage;
		} catch (error) {
			this.failed(definition, error);
			return undefined;
		}
	}

	/** The chosen one will not come: whoever plays instead goes on. */
	stay(): void {
		if (this.#stage) this.#parts.because(`${this.#stage.wanted.definition.title} plays instead.`);
	}

	/** It could not play: it is not asked again. */
	failed(definition: PipelineDefinition, error: unknown): void {
		this.#unable = definition;
		this.#stage = undefined;
		this.#parts.because(undefined);
		this.#parts.log.error("who should step in cannot play", { pipeline: definition.id, error });
	}

	/** Somebody else plays: there is a picture from now on. */
	stepBack(): void {
		clearTimeout(this.#timer);
		this.#due = false;
		this.#stage = undefined;
		this.#parts.because(undefined);
	}

	[Symbol.dispose](): void {
		clearTimeout(this.#timer);
	}
}
