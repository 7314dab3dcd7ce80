import type { Size } from "mutoscope/sdk";
import type { Frame as Picture } from "node-av/lib";
import { sizeFor } from "./bitrate.ts";
import { type EncodedFrame, Encoder } from "./encoder.ts";
import type { Outbound } from "./outbound.ts";
import { type Codec, packetise } from "./packetise.ts";

/** Seconds between two key frames, however many viewers ask. */
const KEY_AGAIN = 0.3;
/** A change of the bitrate by less than this share is let be; where the encoder must be opened anew, it takes more. */
const SMALL = 0.04;
const WORTH_A_KEY = 0.25;
/** Seconds between two openings of an encoder to go faster. */
const OPEN_AGAIN = 4;

/** Makes a picture of another size and pixel format. */
export type Scale = (to: Size) => Promise<Picture>;

/** One encode, for all viewers with the same codec on links of about the same width. */
export class Stream implements Disposable {
	readonly codec: Codec;
	readonly viewers = new Set<Outbound>();
	/** Viewers that can begin with nothing but a key frame. */
	readonly #waiting = new Set<Outbound>();
	#encoder: Encoder | undefined;
	#wantsKey = true;
	#keyed = Number.NEGATIVE_INFINITY;
	#opened = Number.NEGATIVE_INFINITY;
	#last = 0;

	constructor(codec: Codec) {
		this.codec = codec;
	}

	/** Size and bits per second of the encode. */
	get encoding(): { readonly size: Size; readonly bitrate: number } | undefined {
		return this.#encoder && { size: this.#encoder.size, bitrate: this.#encoder.bitrate };
	}

	/** A viewer that gets frames from the next key frame on. */
	add(viewer: Outbound): void {
		this.viewers.add(viewer);
		this.#waiting.add(viewer);
		this.#wantsKey = true;
	}

	remove(viewer: Outbound): void {
		this.viewers.delete(viewer);
		this.#waiting.delete(viewer);
	}

	/** The next frame is to be a key frame, unless there was one just now. */
	demandKey(): void {
		this.#wantsKey = true;
	}

	/** Encodes and sends a picture of `size` at most. `time` in ticks, `now` in seconds. Calls must not overlap. */
	async show(size: Size, scale: Scale, time: number, now: number): Promise<boolean> {
		const target = Math.min(...[...this.viewers].map(({ link }) => link.target));
		const encoder = await this.#fit(size, target, now);
		const key = this.#wantsKey && now - this.#keyed >= KEY_AGAIN;
		this.#last = Math.max(time, this.#last + 1);
		const frame = await encoder.encode(await scale(encoder.size), this.#last, key);
		if (frame) this.#send(frame, now);
		return frame !== undefined;
	}

	[Symbol.dispose](): void {
		this.#encoder?.[Symbol.dispose]();
		this.#encoder = undefined;
	}

	/** The encoder for this size and bitrate: the one there is, if it can. */
	async #fit(size: Size, target: number, now: number): Promise<Encoder> {
		const encoder = this.#encoder;
		const halved = encoder !== undefined && encoder.size.width * 2 <= size.width;
		const to = sizeFor(size, target, halved);
		if (encoder?.size.width !== to.width || encoder.size.height !== to.height) return this.#reopen(to, target, now);
		const change = Math.abs(target / encoder.bitrate - 1);
		if (change < SMALL || encoder.retune(target)) return encoder;
		const patient = target > encoder.bitrate && now - this.#opened < OPEN_AGAIN;
		return change < WORTH_A_KEY || patient ? encoder : this.#reopen(to, target, now);
	}

	async #reopen(size: Size, target: number, now: number): Promise<Encoder> {
		this[Symbol.dispose]();
		this.#opened = now;
		this.#encoder = await Encoder.open(this.codec, size, target);
		return this.#encoder;
	}

	#send({ data, key }: EncodedFrame, now: number): void {
		if (key) {
			this.#keyed = now;
			this.#wantsKey = false;
			this.#waiting.clear();
		}
		const payloads = packetise(this.codec, data);
		for (const viewer of this.viewers) if (!this.#waiting.has(viewer)) viewer.send(payloads, this.#last);
	}
}
