import type { Frame } from "../../media/frame.ts";
import { FramePool } from "../../media/pool.ts";
import { RingReader, RingWriter } from "../../media/ring.ts";
import { type Asked, noteFrame, type Replied, readNote } from "./note.ts";
import { type ApartRings, apartRings } from "./rings.ts";

/** One end of the rings between a session and a plugin that runs apart: two to write, two to read. */
export class Link implements Disposable {
	readonly #pool = new FramePool(2);
	readonly #notesOut: RingWriter;
	readonly #framesOut: RingWriter;
	readonly #notesIn: RingReader;
	readonly #framesIn: RingReader;
	#closed = false;

	/** The session's end. Throws `ring/unknown`, `ring/invalid`. */
	static asking(base: string): Link {
		const { calls, given, replies, made } = apartRings(base);
		return new Link({ calls, given, replies, made });
	}

	/** The plugin's end; whoever had it before can say no more. Throws `ring/unknown`, `ring/invalid`. */
	static answering(base: string): Link {
		const { calls, given, replies, made } = apartRings(base);
		return new Link({ calls: replies, given: made, replies: calls, made: given });
	}

	private constructor({ calls, given, replies, made }: ApartRings) {
		const opened: Disposable[] = [];
		const keep = <T extends Disposable>(ring: T): T => {
			opened.push(ring);
			return ring;
		};
		try {
			this.#notesIn = keep(RingReader.attach(replies));
			this.#framesIn = keep(RingReader.attach(made));
			this.#notesOut = keep(RingWriter.attach(calls));
			this.#framesOut = keep(RingWriter.attach(given));
		} catch (error) {
			for (const ring of opened) ring[Symbol.dispose]();
			throw error;
		}
	}

	/** Puts a picture where the other end finds it, and returns its index. Does not close it. Throws as `RingWriter.write` does. */
	picture(frame: Frame): number {
		return this.#framesOut.write(frame);
	}

	/** Says something; the newest wins. Throws as `RingWriter.write` does. */
	say(note: Asked | Replied): void {
		using frame = noteFrame(note, this.#pool);
		this.#notesOut.write(frame);
	}

	/** What the other end said last, once it is new. `undefined` once a ring was closed. Throws as `readNote` does. */
	async hear(signal?: AbortSignal): Promise<unknown> {
		using note = await this.#notesIn.next(signal);
		return note && readNote(note);
	}

	/** Passes over what was said before. */
	skip(): void {
		this.#notesIn.latest()?.close();
	}

	/** The other end's picture of this index, if it is still there. The caller closes it. */
	take(index: number): Frame | undefined {
		const newest = this.#framesIn.latest();
		if (newest?.sequence === index) return newest;
		newest?.close();
		return undefined;
	}

	/** Lets go of the rings. May be called twice. */
	[Symbol.dispose](): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const ring of [this.#notesIn, this.#framesIn, this.#notesOut, this.#framesOut]) ring.close();
	}
}
