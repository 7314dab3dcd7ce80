import { sameSize } from "../base/geometry.ts";
import type { Hooks, Moment } from "../contract/hooks.ts";
import type { Demand } from "../contract/pipeline.ts";
import { fitFrame } from "../media/fit.ts";
import type { Frame } from "../media/frame.ts";
import type { FramePool } from "../media/pool.ts";
import type { Bell } from "./bell.ts";
import type { Casting } from "./casting.ts";
import type { Feed } from "./feed.ts";
import type { Intake } from "./intake.ts";
import { Lead } from "./lead.ts";
import { fitParams, transportParams } from "./params.ts";
import { Part } from "./part.ts";
import type { Made } from "./player.ts";
import type { Plugins } from "./plugins.ts";
import type { Report } from "./report.ts";
import type { Stage } from "./stage.ts";
import type { Stages } from "./stages.ts";
import type { Time } from "./time.ts";

/** Seconds without a new source frame after which the last one is used again when something is turned. */
const STILL = 0.2;

const NOTHING: Demand = { frames: 0, wait: false };

/** What making needs of the session. */
export interface MakerParts {
	readonly name: string;
	readonly feed: Feed;
	readonly bell: Bell;
	readonly intake: Intake;
	readonly casting: Casting;
	readonly plugins: Plugins;
	readonly stages: Stages;
	readonly pool: FramePool;
	readonly report: Report;
	readonly time: Time;
	/** Whether nothing is to be made now. */
	paused(): boolean;
	/** Resolves once the session is not paused. */
	unpaused(signal: AbortSignal): Promise<void>;
	/** When a frame that is shown at once could be shown at the earliest. */
	opens(): number;
	/** When the frame after those that are being played is due. */
	ends(): number;
	/** Most frames a second. */
	fps(): number;
}

/** Makes chunks: reads parameters, takes source frames, runs hooks and pipeline. */
export class Maker implements Disposable {
	readonly #parts: MakerParts;
	readonly #transport = new Part(transportParams);
	readonly #fit = new Part(fitParams);
	#gathered: Frame[] = [];
	/** Whom the gathered frames are for. */
	#stage: Stage | undefined;
	/** Whose frames were shown last. */
	#last: Stage | undefined;
	#chunk = 0;
	#revision = 0;
	#arrived = Number.NEGATIVE_INFINITY;
	#begun: number | undefined;
	readonly #lead = new Lead();
	/** When the session's time is 0: moved on by every pause. */
	#zero: number;

	constructor(parts: MakerParts) {
		this.#parts = parts;
		this.#zero = parts.time.now();
	}

	/** The next chunk; `undefined` if it did not come to that, and is to be tried again. Throws what ends the session. */
	async make(signal: AbortSignal): Promise<Made | undefined> {
		const { casting, plugins, time } = this.#parts;
		await this.#sleepThroughPause(signal);
		const due = await this.#sleepUntilNeeded(signal);
		const hooks = await plugins.hooks();
		const stage = await casting.next(signal);
		if (stage !== this.#stage) this.#release();
		this.#stage = stage;
		const began = time.now();
		const demand = this.#ask(stage);
		if (!demand || !(await this.#gather(stage, demand, hooks, signal))) return undefined;
		const gathering = time.now() - began;
		const made = await this.#generate(stage, hooks, signal);
		if (!made) return undefined;
		const { frames, seconds, rate } = made;
		if (stage === this.#last) this.#lead.made(time.now() - began, due && time.now() - due);
		// A pipeline that makes nothing of nothing must not spin.
		if (frames.length === 0 && !demand.wait) await time.until(began + 1 / this.#parts.fps(), signal);
		const waited = rate === undefined ? 0 : Math.min(gathering, (2 * frames.length) / rate);
		const first = frames.length > 0 && stage !== this.#last;
		if (first) {
			this.#last = stage;
			this.#lead.restart();
		}
		return { frames, rate, seconds: seconds + waited, first };
	}

	/** Closes the source frames that wait for their chunk. */
	[Symbol.dispose](): void {
		this.#release();
	}

	async #sleepThroughPause(signal: AbortSignal): Promise<void> {
		const { time, paused, unpaused } = this.#parts;
		if (!paused()) return;
		const from = time.now();
		await unpaused(signal);
		this.#zero += time.now() - from;
		if (this.#begun !== undefined) this.#begun += time.now() - from;
	}

	/** Waits until a chunk has to be begun. Returns when it is due, if it was waited for. */
	async #sleepUntilNeeded(signal: AbortSignal): Promise<number | undefined> {
		const { time, ends } = this.#parts;
		const due = ends();
		const start = due - this.#lead.seconds;
		if (time.now() >= start) return undefined;
		await time.until(start, signal);
		return due;
	}

	/** What the pipeline needs for the next chunk, begun anew if that was asked for. `undefined` if it failed. */
	#ask(stage: Stage): Demand | undefined {
		const { casting, feed } = this.#parts;
		try {
			if (this.#transport.take(feed.part("/transport")).includes("/reset")) stage.pipeline.reset?.();
			return stage.pipeline.demand?.(casting.settled ? stage.read(feed.part("")) : stage.last) ?? NOTHING;
		} catch (error) {
			casting.failed(stage, error);
			return undefined;
		}
	}

	#moment(): Moment {
		const { name, time } = this.#parts;
		return { session: name, chunk: this.#chunk, time: time.now() - this.#zero };
	}

	/** Collects source frames until there are as many as are wanted. `false` if something else has to be done first. */
	async #gather(stage: Stage, demand: Demand, hooks: Hooks, signal: AbortSignal): Promise<boolean> {
		const { intake, time, opens, report } = this.#parts;
		report.because("input", undefined);
		if (demand.frames > 0 && demand.wait && !stage.pipeline.rate && time.now() < opens())
			await time.until(opens(), signal);
		while (this.#gathered.length < demand.frames) {
			const frame = demand.wait ? await this.#await(stage, signal) : intake.fresh();
			if (demand.frames > 0) intake.ask();
			if (!frame) return !demand.wait;
			this.#gathered.push(this.#fitted(await hooks.frameIn.promise(frame, this.#moment()), stage));
		}
		return true;
	}

	/** The next source frame; `undefined` if something else has to be done before one has come. */
	async #await(stage: Stage, signal: AbortSignal): Promise<Frame | undefined> {
		const { intake, casting, feed, bell, time, paused, report } = this.#parts;
		for (;;) {
			const frame = intake.fresh();
			if (frame) {
				this.#arrived = time.now();
				return frame;
			}
			if (paused() || casting.replaces(stage)) return undefined;
			const turned = feed.revision > this.#revision;
			// A new pipeline begins with the picture that is there; one that plays waits a little for the next to come.
			const begins = stage !== this.#last;
			const still = begins && this.#gathered.length === 0 ? 0 : this.#arrived + STILL - time.now();
			const held = (begins || turned) && still <= 0 ? intake.latest() : undefined;
			// Shown again it counts as captured now: its age is not a delay.
			if (held) {
				using shown = held;
				return shown.clone({ captured: time.now() });
			}
			report.because("input", intake.connected ? undefined : "It needs a source, and none is chosen.");
			intake.ask();
			await bell.heard(signal, (begins || turned) && still > 0 ? still : undefined);
		}
	}

	/** `frame` as the pipeline wants it. Closes it. */
	#fitted(frame: Frame, { pipeline: { input } }: Stage): Frame {
		const { feed, pool } = this.#parts;
		const { fit, mirror, rotate } = this.#fit.read(feed.part("/source"));
		const { width, height } = frame.size;
		const upright = rotate === "90" || rotate === "270" ? { width: height, height: width } : frame.size;
		const size = input ?? upright;
		if (!mirror && rotate === "0" && sameSize(size, frame.size)) return frame;
		using given = frame;
		return fitFrame(given, pool, { size, fit, mirror, rotate: Number(rotate) as 0 | 90 | 180 | 270 });
	}

	/** Runs the pipeline on what was gathered. `undefined` if it failed. */
	async #generate(stage: Stage, hooks: Hooks, signal: AbortSignal) {
		const { casting, stages, feed, report, time } = this.#parts;
		let input: readonly Frame[] = this.#gathered;
		this.#gathered = [];
		// While another instance opens, what was turned last is not to be seen yet.
		const revision = casting.pending ? this.#revision : feed.revision;
		const snapshot = feed.part("");
		const moment = this.#moment();
		const modulate = (values: typeof stage.last) => hooks.params.promise(values, moment);
		const values = casting.settled ? await stage.valuesFor(snapshot, modulate) : await stage.valuesAgain(modulate);
		const elapsed = this.#begun === undefined ? 0 : time.now() - this.#begun;
		const captured = input.reduce((newest, frame) => Math.max(newest, frame.captured), 0);
		this.#begun = time.now();
		this.#revision = revision;
		const { chunk } = moment;
		this.#chunk++;
		try {
			const turn = { chunk, time: moment.time, elapsed, hand: stage.last };
			input = await stages.before(input, turn, signal);
			const raw = (await stage.pipeline.generate({ frames: input }, values, turn, signal)).frames;
			const frames = await stages.after(raw, turn, signal);
			const made = time.now();
			const seconds = made - this.#begun;
			report.chunk(frames.length, seconds);
			const stamped: Frame[] = [];
			for (const frame of frames) {
				using shown = await hooks.frameOut.promise(frame, moment);
				stamped.push(shown.clone({ captured: frame.captured || captured || made, made, chunk, revision }));
			}
			// A postprocessor that makes more frames of a chunk does not make it longer.
			const rate = stage.pipeline.rate?.(values);
			const more = raw.length > 0 ? frames.length / raw.length : 1;
			return { frames: stamped, seconds, rate: rate === undefined ? undefined : rate * more };
		} catch (error) {
			for (const frame of input) frame.close();
			if (signal.aborted) throw signal.reason;
			casting.failed(stage, error);
			return undefined;
		}
	}

	#release(): void {
		for (const frame of this.#gathered) frame.close();
		this.#gathered = [];
	}
}
