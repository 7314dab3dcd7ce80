import {
	type BridgeContext,
	type Frame,
	MutoscopeError,
	monotonic,
	reasonOf,
	type Source,
	untilDue,
} from "mutoscope/sdk";
import type * as z from "zod";
import { Converter } from "./converter.ts";
import { loadLibrary } from "./open.ts";
import type { params } from "./params.ts";
import { localFile, unreadable } from "./path.ts";
import { Reader } from "./reader.ts";
import { type Slot, Timeline } from "./timeline.ts";

type Context = BridgeContext<z.output<typeof params>>;

/** Seconds between repetitions of a picture that stays, so that effects on it keep moving. */
const HOLD = 1 / 30;

/** A picture that stays longer than this, in seconds, is repeated. */
const LONG = 0.1;

/** Pictures left out in a row to catch up; after that the clock waits for the file. */
const MOST_SKIPPED = 8;

/** What tells and waits for the time. */
interface Clock {
	/** Seconds, monotonic. */
	now(): number;
	/** Resolves at a time, or throws the signal's reason. */
	until(time: number, signal: AbortSignal): Promise<void>;
}

const REAL: Clock = { now: monotonic, until: untilDue };

/** A frame and when it is shown. */
interface Ready extends Pick<Slot, "begin" | "time"> {
	readonly frame: Frame;
}

/** Opens a file and decodes its first picture. Throws `source/unreadable`. */
export async function openPlayback(context: Context, signal: AbortSignal, clock: Clock = REAL): Promise<Source> {
	const file = await localFile(context.params().path);
	const { path } = file;
	const library = await loadLibrary();
	signal.throwIfAborted();
	const reader = await Reader.open(library, file);
	const playback = new Playback(context, path, reader, new Converter(library, context.frame), clock);
	try {
		await playback.begin();
		return playback;
	} catch (error) {
		await playback[Symbol.asyncDispose]();
		throw error;
	}
}

/** Shows a timeline by the clock, as the parameters say. */
class Playback implements Source {
	readonly #context: Context;
	readonly #clock: Clock;
	readonly #path: string;
	readonly #reader: Reader;
	readonly #timeline: Timeline;
	readonly #converter: Converter;
	/** The frame after the one that is shown; `undefined` at the end. */
	#ahead: Promise<Ready | undefined> | undefined;
	#shown: Ready | undefined;
	#shownAt = 0;
	/** When on the monotonic clock which time of the timeline is shown. Set by the next frame if there is none. */
	#anchor: { readonly clock: number; readonly time: number } | undefined;
	#rate: number;
	#position: number;
	#wish: number | undefined;
	#skipped = 0;
	#closed = false;

	constructor(context: Context, path: string, reader: Reader, converter: Converter, clock: Clock) {
		this.#context = context;
		this.#clock = clock;
		this.#path = path;
		this.#reader = reader;
		this.#timeline = new Timeline(path, reader);
		this.#converter = converter;
		const { rate, position } = context.params();
		this.#rate = rate;
		this.#position = position;
		if (position > 0) this.#wish = position;
		context.onTrigger((address) => {
			if (address === "/restart") this.#wish = 0;
		});
	}

	/** Makes the first frame ready, so that a file that cannot be played is refused at once. */
	async begin(): Promise<void> {
		await this.#jump();
		this.#ahead = this.#fetchAhead();
		await this.#ahead;
	}

	async next(signal: AbortSignal): Promise<Frame | undefined> {
		for (;;) {
			signal.throwIfAborted();
			await this.#obey();
			const { paused, loop } = this.#context.params();
			const ready = paused && this.#shown ? undefined : await this.#soon(signal);
			if (!ready) {
				this.#anchor = undefined;
				if (!paused && loop && !this.#timeline.isStill) this.#ahead = undefined;
				if (this.#shown) return this.#hold(this.#shown, signal);
				return undefined;
			}
			this.#anchor ??= { clock: this.#clock.now(), time: ready.begin };
			const due = this.#dueOf(ready.begin);
			const repeat = Math.max(this.#clock.now(), this.#shownAt + HOLD);
			if (this.#shown && due - repeat > LONG - HOLD) return this.#hold(this.#shown, signal);
			await this.#clock.until(due, signal);
			this.#shown?.frame.close();
			this.#shown = ready;
			this.#ahead = this.#fetchAhead();
			return this.#show(ready);
		}
	}

	report() {
		const { duration, loops } = this.#timeline;
		const seconds = this.#shown?.time ?? 0;
		const position = duration > 0 ? Math.min(1, seconds / duration) : 0;
		const { codec } = this.#reader;
		return { path: this.#path, codec, seconds, duration, position, loops, skipped: this.#skipped };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#dropAhead();
		this.#shown?.frame.close();
		this.#timeline.close();
		this.#converter[Symbol.dispose]();
		await this.#reader[Symbol.asyncDispose]();
	}

	#dueOf(time: number): number {
		const { clock, time: begin } = this.#anchor ?? { clock: 0, time };
		return clock + (time - begin) / this.#rate;
	}

	/** Takes up what was turned since the last frame. */
	async #obey(): Promise<void> {
		const { rate, position } = this.#context.params();
		if (rate !== this.#rate && this.#anchor) {
			const clock = this.#clock.now();
			this.#anchor = { clock, time: this.#anchor.time + (clock - this.#anchor.clock) * this.#rate };
		}
		this.#rate = rate;
		if (position !== this.#position) this.#wish = position;
		this.#position = position;
		if (this.#wish === undefined) return;
		await this.#dropAhead();
		await this.#jump();
	}

	async #jump(): Promise<void> {
		const wish = this.#wish;
		this.#wish = undefined;
		if (wish === undefined) return;
		this.#anchor = undefined;
		await this.#timeline.seek(wish * this.#timeline.duration);
		if (this.#shown && this.#context.params().paused) this.#replace(await this.#fetch());
	}

	/** While paused a jump is seen too. */
	#replace(ready: Ready | undefined): void {
		if (!ready) return;
		this.#shown?.frame.close();
		this.#shown = ready;
	}

	/** The next frame, however long it takes to be ready. */
	async #soon(signal: AbortSignal): Promise<Ready | undefined> {
		const { promise, reject } = Promise.withResolvers<never>();
		const stop = () => reject(signal.reason);
		signal.addEventListener("abort", stop, { once: true });
		try {
			this.#ahead ??= this.#fetchAhead();
			return await Promise.race([this.#ahead, promise]);
		} finally {
			signal.removeEventListener("abort", stop);
		}
	}

	#fetchAhead(): Promise<Ready | undefined> {
		const ahead = this.#fetch();
		ahead.catch(() => undefined); // it is heard when the frame is asked for
		return ahead;
	}

	async #fetch(): Promise<Ready | undefined> {
		let slot = await this.#timeline.next(this.#context.params().loop);
		for (let skipped = 0; slot && this.#anchor && this.#dueOf(slot.end) < this.#clock.now(); ) {
			if (skipped++ === MOST_SKIPPED) {
				this.#anchor = undefined;
				break;
			}
			this.#skipped++;
			slot.picture.free();
			slot = await this.#timeline.next(this.#context.params().loop);
		}
		if (!slot) return undefined;
		const { picture, begin, time } = slot;
		try {
			return { frame: await this.#converter.convert(picture), begin, time };
		} catch (error) {
			throw error instanceof MutoscopeError ? error : unreadable(this.#path, reasonOf(error), error);
		} finally {
			picture.free();
		}
	}

	async #dropAhead(): Promise<void> {
		const ahead = await this.#ahead?.catch(() => undefined);
		ahead?.frame.close();
		this.#ahead = undefined;
	}

	async #hold(shown: Ready, signal: AbortSignal): Promise<Frame> {
		await this.#clock.until(this.#shownAt + HOLD, signal);
		return this.#show(shown);
	}

	#show({ frame }: Ready): Frame {
		this.#shownAt = this.#clock.now();
		return frame.clone({ captured: this.#shownAt });
	}
}
