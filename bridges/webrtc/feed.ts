import { setTimeout } from "node:timers/promises";
import { type Log, monotonic, type RingReader, reasonOf, type Size } from "mutoscope/sdk";
import type { Frame as Picture } from "node-av/lib";
import { fitSize, goodBitrate, rungFor } from "./bitrate.ts";
import { TICKS } from "./encoder.ts";
import type { Outbound } from "./outbound.ts";
import type { Codec } from "./packetise.ts";
import { Canvas, Scaler } from "./scaler.ts";
import { Shown } from "./shown.ts";
import { Stream } from "./stream.ts";

/** Seconds without a new frame after which the last is sent again, so that players stay awake. */
const HOLD = 0.5;
/** Seconds without one after which a key frame is made of the last at once. */
const STILL = 0.05;
/** Seconds before a ring that was closed is looked for again. */
const REOPEN = 0.1;
/** Scalers that are kept for other sizes. */
const SCALERS = 4;

/** What a feed needs. */
export interface FeedOptions {
	/** Opens the session's frames. Throws `session/unknown`. */
	readonly open: () => Promise<RingReader>;
	readonly most: Size;
	/** Bits per second of one picture, at most. */
	readonly bitrate: number;
	readonly log: Log;
	/** There is no such session any more. */
	ended(reason: string): void;
}

/** One session's frames for its viewers: reads, scales and encodes while somebody watches, each size and codec once. */
export class Feed implements AsyncDisposable {
	readonly shown = new Shown();
	readonly #options: FeedOptions;
	readonly #streams = new Map<string, Stream>();
	readonly #viewers = new Map<Outbound, { codec: Codec; rung: number; stream: Stream }>();
	readonly #canvas = new Canvas();
	readonly #scalers: Scaler[] = [];
	readonly #stop = new AbortController();
	/** Encoding goes on one after the other. */
	#work: Promise<void> = Promise.resolve();
	#encoded = Number.NEGATIVE_INFINITY;
	#running: Promise<void>;

	constructor(options: FeedOptions) {
		this.#options = options;
		this.#running = this.#run();
	}

	/** How many watch. */
	get viewers(): number {
		return this.#viewers.size;
	}

	/** The encodes there are. */
	get streams(): readonly Stream[] {
		return [...this.#streams.values()];
	}

	/** Bits per second that the picture wants. */
	get best(): number {
		const { most, bitrate } = this.#options;
		return Math.min(bitrate, goodBitrate(fitSize(this.#canvas.size ?? most, most), this.shown.fps || 30));
	}

	add(viewer: Outbound, codec: Codec): void {
		this.#viewers.set(viewer, { codec, rung: 0, stream: this.#join(viewer, codec, 0) });
		this.#nudge();
	}

	/** Lets go of a viewer. May be called twice. */
	remove(viewer: Outbound): void {
		const place = this.#viewers.get(viewer);
		if (!place) return;
		this.#viewers.delete(viewer);
		this.#leave(viewer, place.stream);
	}

	/** A viewer needs a key frame. */
	demandKey(viewer: Outbound): void {
		this.#viewers.get(viewer)?.stream.demandKey();
		this.#nudge();
	}

	/** To be called a few times a second: keeps players awake, and viewers on the encode that fits their link. */
	tick(): void {
		const best = this.best;
		for (const [viewer, place] of this.#viewers) {
			viewer.tick(best);
			const rung = rungFor(viewer.link.target, best, place.rung);
			if (rung === place.rung) continue;
			this.#leave(viewer, place.stream);
			this.#viewers.set(viewer, { ...place, rung, stream: this.#join(viewer, place.codec, rung) });
		}
		if (monotonic() - this.#encoded > HOLD) this.#again();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#stop.abort();
		await this.#running;
		await this.#work;
		for (const stream of this.#streams.values()) stream[Symbol.dispose]();
		for (const scaler of this.#scalers) scaler[Symbol.dispose]();
		this.#canvas[Symbol.dispose]();
	}

	#join(viewer: Outbound, codec: Codec, rung: number): Stream {
		const key = `${codec}/${rung}`;
		const stream = this.#streams.get(key) ?? new Stream(codec);
		this.#streams.set(key, stream);
		stream.add(viewer);
		return stream;
	}

	#leave(viewer: Outbound, stream: Stream): void {
		stream.remove(viewer);
		if (stream.viewers.size > 0) return;
		for (const [key, one] of this.#streams) if (one === stream) this.#streams.delete(key);
		void this.#queue(async () => stream[Symbol.dispose]());
	}

	async #run(): Promise<void> {
		const { signal } = this.#stop;
		while (!signal.aborted) {
			try {
				using reader = await this.#options.open();
				let seen = 0;
				while (await reader.changed(signal)) seen = (await this.#take(reader, seen)) ?? seen;
				await setTimeout(REOPEN * 1000, undefined, { signal });
			} catch (error) {
				if (signal.aborted) return;
				this.#options.ended(reasonOf(error));
				return;
			}
		}
	}

	/** Shows the newest frame. Returns its index; `undefined` if there is none after `seen`. Throws `ring/invalid`. */
	async #take(reader: RingReader, seen: number): Promise<number | undefined> {
		// Straight from the ring into the picture, once nobody encodes it.
		const read = this.#work.then(() => reader.look((pixels, { size }) => this.#canvas.put(pixels, size)));
		await this.#queue(async () => {
			const head = await read;
			if (!head) return;
			const { captured, shown, sequence } = head;
			this.shown.dropped(seen > 0 ? sequence - seen - 1 : 0);
			if (await this.#encode(shown)) this.shown.frame(captured, shown, monotonic());
		});
		return (await read)?.sequence;
	}

	/** Sends the last frame once more. */
	#again(): void {
		if (this.#canvas.size) void this.#queue(async () => void (await this.#encode(monotonic())));
	}

	#nudge(): void {
		if (monotonic() - this.#encoded > STILL) this.#again();
	}

	async #encode(shown: number): Promise<boolean> {
		const picture = this.#canvas.size;
		if (!picture || picture.width < 2 || picture.height < 2) return false;
		this.#encoded = monotonic();
		const size = fitSize(picture, this.#options.most);
		const made = new Map<string, Promise<Picture>>();
		const scale = (to: Size) => {
			const key = `${to.width}×${to.height}`;
			const done = made.get(key) ?? this.#scaled(picture, to);
			made.set(key, done);
			return done;
		};
		let sent = false;
		for (const stream of [...this.#streams.values()]) {
			if (stream.viewers.size === 0) continue;
			sent = (await stream.show(size, scale, Math.round(shown * TICKS), this.#encoded)) || sent;
		}
		return sent;
	}

	async #scaled(from: Size, to: Size): Promise<Picture> {
		return same(from, to) ? this.#canvas.picture : this.#scaler(from, to).scale(this.#canvas.picture);
	}

	#scaler(from: Size, to: Size): Scaler {
		const found = this.#scalers.findIndex((one) => same(one.from, from) && same(one.to, to));
		const [scaler = new Scaler(from, to)] = found < 0 ? [] : this.#scalers.splice(found, 1);
		this.#scalers.unshift(scaler);
		if (this.#scalers.length > SCALERS) this.#scalers.pop()?.[Symbol.dispose]();
		return scaler;
	}

	#queue(job: () => Promise<void>): Promise<void> {
		this.#work = this.#work.then(job).catch((error) => {
			this.#options.log.error("a frame could not be encoded", { reason: reasonOf(error) });
		});
		return this.#work;
	}
}

function same(a: Size, b: Size): boolean {
	return a.width === b.width && a.height === b.height;
}
