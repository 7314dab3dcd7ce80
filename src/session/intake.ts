import { Backoff } from "../base/backoff.ts";
import { reasonOf } from "../base/errors.ts";
import type { Frame } from "../media/frame.ts";
import type { Bell } from "./bell.ts";

/** A reader of the source's ring, as `media/ring.ts` has it. */
export interface IntakeReader {
	next(): Promise<Frame | undefined>;
	fresh(): Frame | undefined;
	latest(): Frame | undefined;
	close(): void;
}

/** How an intake gets at its ring, and whom it tells. */
export interface IntakeOptions {
	/** Opens a ring by its name. Throws when there is none, or none yet. */
	attach(ring: string): IntakeReader;
	/** Rung when a frame that was asked for is there. */
	readonly bell: Bell;
	/** Told why no frames can come, and `undefined` once they can. */
	because(reason: string | undefined): void;
}

/**
 * The source's frames as the session asks for them: the newest, never a queue.
 *
 * The ring may be another program's: it may not be there yet, be closed and come back. It is attached again with backoff,
 * quietly. Whoever takes a frame closes it.
 */
export class Intake implements Disposable {
	readonly #options: IntakeOptions;
	readonly #backoff = new Backoff({ first: 0.05, most: 1 });
	#ring: string | undefined;
	#reader: IntakeReader | undefined;
	/** Whether the reader was asked and has not answered. */
	#asked = false;
	/** What it answered. */
	#arrived: Frame | undefined;
	#retry: NodeJS.Timeout | undefined;

	constructor(options: IntakeOptions) {
		this.#options = options;
	}

	/** Reads another ring from now on, or none. The same name changes nothing. */
	use(ring: string | undefined): void {
		if (ring === this.#ring) return;
		this.#drop();
		this.#ring = ring;
		this.#backoff.reset();
		clearTimeout(this.#retry);
		this.#retry = undefined;
		this.#options.because(undefined);
		this.#options.bell.ring();
	}

	/** Whether there is a ring to read, be it there or not. */
	get connected(): boolean {
		return this.#ring !== undefined;
	}

	/** The newest frame that was not taken yet, if there is one. */
	fresh(): Frame | undefined {
		const arrived = this.#arrived;
		this.#arrived = undefined;
		const newer = this.#try((reader) => reader.fresh());
		if (newer) arrived?.close();
		return newer ?? arrived;
	}

	/** The newest frame, taken or not, if there is one. */
	latest(): Frame | undefined {
		this.#arrived?.close();
		this.#arrived = undefined;
		return this.#try((reader) => reader.latest());
	}

	/** Rings the bell once there is a frame to take. */
	ask(): void {
		const reader = this.#attach();
		if (!reader || this.#asked || this.#arrived) return;
		this.#asked = true;
		reader.next().then(
			(frame) => this.#answer(reader, frame),
			(error) => this.#lose(reader, reasonOf(error)),
		);
	}

	/** Lets go of the ring. */
	[Symbol.dispose](): void {
		this.use(undefined);
	}

	#answer(reader: IntakeReader, frame: Frame | undefined): void {
		if (reader !== this.#reader) frame?.close();
		else if (!frame) this.#lose(reader, "its ring was closed");
		else {
			this.#asked = false;
			this.#arrived?.close();
			this.#arrived = frame;
			this.#options.bell.ring();
		}
	}

	#try(read: (reader: IntakeReader) => Frame | undefined): Frame | undefined {
		const reader = this.#attach();
		if (!reader) return undefined;
		try {
			return read(reader);
		} catch (error) {
			this.#lose(reader, reasonOf(error));
			return undefined;
		}
	}

	#attach(): IntakeReader | undefined {
		if (this.#reader || this.#ring === undefined || this.#retry) return this.#reader;
		try {
			this.#reader = this.#options.attach(this.#ring);
			this.#backoff.reset();
			this.#options.because(undefined);
		} catch (error) {
			this.#postpone(reasonOf(error));
		}
		return this.#reader;
	}

	#lose(reader: IntakeReader, reason: string): void {
		if (reader !== this.#reader) return;
		this.#drop();
		this.#postpone(reason);
	}

	#postpone(reason: string): void {
		this.#options.because(`The source is not there: ${reason}`);
		this.#retry = setTimeout(() => {
			this.#retry = undefined;
			this.#options.bell.ring();
		}, this.#backoff.next() * 1000);
	}

	#drop(): void {
		this.#reader?.close();
		this.#reader = undefined;
		this.#asked = false;
		this.#arrived?.close();
		this.#arrived = undefined;
	}
}
