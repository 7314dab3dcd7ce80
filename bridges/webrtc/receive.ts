import { Frame, type Log, type RingWriter, reasonOf } from "mutoscope/sdk";
import { type DecodedFrame, Decoder } from "./decoder.ts";
import type { ReceivedFrame } from "./depacketise.ts";
import type { Codec } from "./packetise.ts";

/** Frames that may wait for the decoder before it counts as too slow. */
const MOST = 6;
/** Seconds between two looks whether the session wants the video. */
const LOOK_AGAIN = 1;

/** What is needed to take video in. */
export interface ReceiverOptions {
	readonly codec: Codec;
	/** The writer of the session's source frames. Throws while the session has another source. */
	readonly input: () => Promise<RingWriter>;
	readonly now: () => number;
	readonly log: Log;
	/** The stream must begin anew. */
	restart(): void;
}

/** Decodes one incoming stream and writes it to the session's source ring, as long as the session wants it. */
export class Receiver implements AsyncDisposable {
	readonly codec: Codec;
	readonly #options: ReceiverOptions;
	readonly #waiting: { readonly frame: ReceivedFrame; readonly arrived: number }[] = [];
	#decoder: Decoder | undefined;
	#writer: RingWriter | undefined;
	#looked = Number.NEGATIVE_INFINITY;
	#working: Promise<void> | undefined;
	#closed = false;
	#decoded = 0;
	#size = "";

	constructor(options: ReceiverOptions) {
		this.codec = options.codec;
		this.#options = options;
	}

	/** Frames that were decoded. */
	get decoded(): number {
		return this.#decoded;
	}

	/** Size of the newest, `1280×720`. */
	get size(): string {
		return this.#size;
	}

	/** Takes a frame in; the next one of its stream. */
	push(frame: ReceivedFrame, arrived: number): void {
		if (this.#closed) return;
		if (this.#waiting.length >= MOST) {
			this.#waiting.length = 0;
			this.#options.restart();
			return;
		}
		this.#waiting.push({ frame, arrived });
		this.#working ??= this.#work().finally(() => {
			this.#working = undefined;
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#closed = true;
		this.#waiting.length = 0;
		await this.#working;
		this.#decoder?.[Symbol.dispose]();
		this.#writer?.close();
	}

	async #work(): Promise<void> {
		for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
			try {
				const writer = await this.#writerNow();
				if (!writer || this.#closed) continue; // nobody wants it, so nothing is decoded
				this.#decoder ??= await Decoder.open(this.codec);
				const decoded = await this.#decoder.decode(next.frame.data);
				if (decoded && !this.#closed) this.#write(writer, decoded, next.arrived);
			} catch (error) {
				this.#options.log.debug("a received frame was damaged", { reason: reasonOf(error) });
				this.#options.restart();
			}
		}
	}

	#write(writer: RingWriter, { size, pixels }: DecodedFrame, arrived: number): void {
		this.#decoded++;
		this.#size = `${size.width}×${size.height}`;
		using frame = new Frame(size, pixels, { captured: arrived });
		try {
			writer.write(frame);
		} catch (error) {
			this.#options.log.debug("the session has another source now", { reason: reasonOf(error) });
			writer.close();
			this.#writer = undefined;
		}
	}

	/** The writer, looked up anew every so often: the session may have got another source, or this one again. */
	async #writerNow(): Promise<RingWriter | undefined> {
		const now = this.#options.now();
		if (now - this.#looked < LOOK_AGAIN) return this.#writer;
		this.#looked = now;
		const before = this.#writer;
		this.#writer = undefined;
		before?.close();
		try {
			this.#writer = await this.#options.input();
			if (!before) this.#options.restart(); // what came meanwhile was thrown away
		} catch (error) {
			this.#options.log.debug("video comes in, and the session has another source", { reason: reasonOf(error) });
		}
		return this.#writer;
	}
}
