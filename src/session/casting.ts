import type { Clock } from "../base/clock.ts";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { LoadingStage } from "../contract/artifact.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { Held } from "../contract/real-time.ts";
import type { FramePool } from "../media/pool.ts";
import { Beginnings } from "./beginnings.ts";
import type { Bell } from "./bell.ts";
import { Closing } from "./closing.ts";
import { type Cast, EMPTY, type Feed } from "./feed.ts";
import type { Machine } from "./machine.ts";
import { attempt, type Opening, type Outcome } from "./opening.ts";
import type { Output } from "./player.ts";
import type { Report } from "./report.ts";
import { pipelineFailed, Stage } from "./stage.ts";
import { Standby } from "./standby.ts";
import { Tries } from "./tries.ts";
import { Understudy } from "./understudy.ts";
import { sameWanted, type Wanted as WantedOf, Wishes } from "./wish.ts";

type Wanted = WantedOf<PipelineDefinition>;

/** What trying again does not mend: somebody has to do something first. */
const FINAL = /^(pipeline[/]memory|artifact[/]|weight[/]|inference[/](memory|provider))/;

/** Who steps in opens at once: nothing is wanted meanwhile. */
const NEVER = new AbortController().signal;

/** What casting needs of the session. */
export interface CastingParts {
	readonly feed: Feed;
	readonly bell: Bell;
	readonly pool: FramePool;
	readonly machine: Machine;
	readonly output: Pick<Output, "sequence">;
	readonly report: Report;
	readonly clock: Clock;
	readonly log: Log;
	/** A pipeline is open and will make the next chunk. */
	opened(): void;
	/** It was measured what a pipeline holds on this machine. */
	measured(pipeline: string, held: Held): void;
}

/** Holds the pipeline that plays and the one on standby, and opens the next one beside them. */
export class Casting implements AsyncDisposable {
	readonly #parts: CastingParts;
	readonly #tries: Tries;
	readonly #closing: Closing;
	readonly #standby: Standby;
	readonly #understudy: Understudy;
	readonly #wishes: Wishes;
	readonly #beginnings: Beginnings;
	#stage: Stage | undefined;
	#opening: Opening | undefined;
	/** What failed to open: not tried again until something else is wanted or the session is told anew what to play. */
	#refused: Wanted | undefined;
	#refusedUnder: Cast | undefined;
	/** Runs until a failed pipeline may be opened again. */
	#rest: NodeJS.Timeout | undefined;

	constructor(parts: CastingParts) {
		this.#parts = parts;
		const { report, log } = parts;
		this.#tries = new Tries(parts.clock);
		this.#closing = new Closing(log);
		this.#wishes = new Wishes(parts.feed);
		this.#beginnings = new Beginnings(parts);
		this.#understudy = new Understudy({
			...parts,
			black: parts.output.sequence === 0,
			because: (reason) => report.because("understudy", reason),
			open: (wanted) => Stage.open(wanted, EMPTY, { ...parts, progress: () => {} }, NEVER),
		});
		this.#standby = new Standby({
			open: (wanted, signal) => {
				// Nobody is told, unless it is to play meanwhile.
				const progress = (loading: LoadingStage) => {
					if (sameWanted(this.#opening?.wanted, wanted)) this.#say(wanted, loading);
				};
				return this.#beginnings.open(wanted, { part: "/standby", progress }, signal);
			},
			close: (stage) => this.#closing.close(stage),
			because: (reason) => report.because("standby", reason),
		});
	}

	/** Whether another instance than the one that plays is to come, so that what was turned last does not show yet. */
	get pending(): boolean {
		const wanted = this.#wishes.playing;
		return !sameWanted(this.#stage?.wanted, wanted) && !sameWanted(this.#refused, wanted);
	}

	/** Whether the feed's values are meant for what plays. */
	get settled(): boolean {
		return this.#stage?.wanted.definition === this.#parts.feed.cast.pipeline;
	}

	/** Whether `next` would return another stage than this one. */
	replaces(stage: Stage): boolean {
		const wanted = this.#wishes.playing;
		if (stage !== this.#stage || this.#opening?.outcome) return true;
		if (this.#opening && !sameWanted(this.#opening.wanted, wanted)) return true;
		if (this.#rest) return false;
		const known = [stage.wanted, this.#opening?.wanted, this.#refused];
		return !known.some((other) => sameWanted(other, wanted));
	}

	/**
	 * The stage that makes the next chunk: the one that plays, or the one that has become ready beside it. Waits only while
	 * there is none. Throws `pipeline/failed` when it cannot be opened after several tries.
	 */
	async next(signal: AbortSignal): Promise<Stage> {
		for (;;) {
			signal.throwIfAborted();
			const wanted = this.#wishes.playing;
			if (this.#opening && !sameWanted(this.#opening.wanted, wanted)) this.#abandon();
			if (this.#opening?.outcome) this.#settle(this.#opening);
			if (this.#refused && (this.#refusedUnder !== this.#parts.feed.cast || !sameWanted(this.#refused, wanted))) {
				this.#refused = undefined;
				this.#parts.report.because("pipeline", undefined);
			}
			const known = [this.#stage?.wanted, this.#opening?.wanted, this.#refused];
			if (!known.some((other) => sameWanted(other, wanted)) && !this.#rest) {
				this.#begin(wanted);
				continue;
			}
			if (this.#beginnings.measuring) {
				await this.#parts.bell.heard(signal);
				continue;
			}
			if (!this.#opening) this.#standby.want(this.#wishes.held, this.#parts.feed.cast);
			if (this.#stage) return this.#stage;
			if (await this.#stepIn(wanted)) continue;
			await this.#parts.bell.heard(signal);
		}
	}

	/** A stage threw while it made a chunk. It is closed and opened anew. Throws `pipeline/failed` when that is no use. */
	failed(stage: Stage, error: unknown): void {
		if (stage !== this.#stage) return;
		this.#stage = undefined;
		this.#parts.report.plays(undefined);
		void this.#closing.close(stage);
		if (this.#understudy.is(stage)) {
			this.#understudy.failed(stage.wanted.definition, error);
			return;
		}
		this.#refused = undefined;
		this.#failedFor(stage.wanted, error);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		clearTimeout(this.#rest);
		if (this.#opening) this.#abandon();
		if (this.#stage) void this.#closing.close(this.#stage);
		this.#stage = undefined;
		this.#understudy[Symbol.dispose]();
		await this.#standby[Symbol.asyncDispose]();
		await this.#closing.over();
	}

	/** Goes over to what is wanted: at once if it is held, else once it is open. */
	#begin(wanted: Wanted): void {
		const stage = this.#standby.take(wanted);
		if (!stage) this.#open(wanted);
		else this.#opening = { wanted, abort: new AbortController(), over: Promise.resolve(), outcome: { stage } };
	}

	#open(wanted: Wanted): void {
		const { bell, report } = this.#parts;
		const abort = new AbortController();
		const { promise: over, resolve } = Promise.withResolvers<void>();
		const opening: Opening = { wanted, abort, over };
		this.#opening = opening;
		const settle = (outcome: Outcome) => {
			opening.outcome = outcome;
			if (this.#opening === opening) report.loading(undefined);
			resolve();
			bell.ring();
		};
		this.#attempt(wanted, abort.signal).then(settle, (error) => settle({ error }));
	}

	#attempt(wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
		const progress = (loading: LoadingStage) => {
			if (!signal.aborted) this.#say(wanted, loading);
		};
		progress({ stage: "Opening", fraction: 0 });
		const around = { ...this.#parts, standby: this.#standby, closing: this.#closing, playing: this.#stage };
		const isQuiet = !this.#stage || this.#understudy.is(this.#stage);
		const open = () => this.#beginnings.open(wanted, { part: "", progress, isQuiet }, signal);
		return attempt(wanted, { ...around, open }, signal);
	}

	#say({ definition }: Wanted, loading: LoadingStage): void {
		this.#parts.report.loading({ pipeline: definition.id, ...loading });
	}

	/** Takes what an opening has come to. */
	#settle({ wanted, outcome }: Opening): void {
		const { report } = this.#parts;
		this.#opening = undefined;
		if (!outcome) return;
		if ("crowded" in outcome) {
			// Who only waits goes first. Then the picture holds: the last frame stays in the ring, and is faded from.
			const held = this.#standby.stage;
			this.#standby.want(undefined);
			if (held) return;
			if (this.#stage) void this.#closing.close(this.#stage);
			this.#stage = undefined;
			report.plays(undefined);
			return;
		}
		if ("error" in outcome) {
			if (!this.#stage || this.#understudy.is(this.#stage)) {
				this.#failedFor(wanted, outcome.error);
				return;
			}
			this.#refuse(wanted, outcome.error);
			const which = { pipeline: wanted.definition.id, error: outcome.error };
			this.#parts.log.warn("the pipeline did not open; the one before goes on", which);
			return;
		}
		if (this.#stage && !this.#standby.keep(this.#stage, this.#wishes.held)) void this.#closing.close(this.#stage);
		this.#understudy.stepBack();
		this.#begins(outcome.stage);
		report.because("pipeline", undefined);
	}

	/** Lets somebody else play where nothing does, if that is better than waiting. Whether somebody plays now. */
	async #stepIn(wanted: Wanted): Promise<boolean> {
		const stage = await this.#understudy.stepIn(this.#parts.feed.cast.understudy, sameWanted(this.#refused, wanted));
		if (stage) this.#begins(stage);
		return stage !== undefined;
	}

	#begins(stage: Stage): void {
		// It may make frames of another size, and the last one's would be kept for nothing.
		this.#parts.pool.clear();
		this.#stage = stage;
		this.#parts.report.plays(stage.wanted.definition.id);
		this.#parts.opened();
	}

	#abandon(): void {
		const opening = this.#opening;
		this.#opening = undefined;
		if (!opening) return;
		this.#parts.report.loading(undefined);
		opening.abort.abort(new Error("something else is wanted"));
		const closed = opening.over.then(() => {
			return opening.outcome && "stage" in opening.outcome ? this.#closing.close(opening.outcome.stage) : undefined;
		});
		this.#closing.track(closed);
	}

	#refuse(wanted: Wanted, error: unknown): void {
		const { report, feed } = this.#parts;
		this.#refused = wanted;
		this.#refusedUnder = feed.cast;
		report.because("pipeline", reasonOf(error));
		this.#understudy.stay();
	}

	/** Nothing plays, because of `error`: again if that may help, else not before something has changed. */
	#failedFor(wanted: Wanted, error: unknown): void {
		if (!(error instanceof MutoscopeError && FINAL.test(error.code))) {
			this.#count(wanted, error);
			return;
		}
		this.#refuse(wanted, error);
		this.#parts.log.error("the pipeline cannot be opened", { pipeline: wanted.definition.id, error });
	}

	#count(wanted: Wanted, error: unknown): void {
		const { definition } = wanted;
		const { report, log, bell, feed } = this.#parts;
		const failure = pipelineFailed(definition.id, error);
		report.because("pipeline", failure.message);
		const rest = this.#tries.failed();
		if (rest === undefined) {
			if (!this.#understudy.serves(feed.cast)) throw failure;
			this.#refuse(wanted, failure);
			log.error("the pipeline fails again and again", { pipeline: definition.id, error });
			return;
		}
		log.error("the pipeline failed and is opened again", { pipeline: definition.id, error });
		this.#rest = setTimeout(() => {
			this.#rest = undefined;
			bell.ring();
		}, rest * 1000);
	}
}
