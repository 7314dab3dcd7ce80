import { MutoscopeError, monotonic, type RingFrame, type RingReader } from "mutoscope/sdk";

/** Seconds that a reader is kept, so that a preview does not open one for each picture, nor follows a ring that is gone. */
const KEEP = 3;
/** Seconds to wait for the first frame of a session that has only begun. */
const FIRST = 2;

/** Looks at what sessions show now. */
export class Glances implements Disposable {
	readonly #open: (session: string) => Promise<RingReader>;
	readonly #readers = new Map<string, { readonly reader: RingReader; readonly since: number }>();
	readonly #timer: NodeJS.Timeout;

	/** `open` makes a reader of a session's frames, and throws `session/unknown`. */
	constructor(open: (session: string) => Promise<RingReader>) {
		this.#open = open;
		this.#timer = setInterval(() => this.#sweep(), KEEP * 1000);
	}

	/** The newest frame; the caller closes it. Throws `session/unknown`, `session/not-ready`. */
	async take(session: string, signal: AbortSignal): Promise<RingFrame> {
		const reader = await this.#reader(session);
		const frame = reader.latest();
		if (frame) return frame;
		const patience = AbortSignal.any([signal, AbortSignal.timeout(FIRST * 1000)]);
		const first = await reader.next(patience).catch((error: unknown) => {
			if (!patience.aborted || signal.aborted) throw error;
			return undefined;
		});
		if (!first) throw new MutoscopeError("session/not-ready", { session, reason: "nothing was made so far" });
		return first;
	}

	[Symbol.dispose](): void {
		clearInterval(this.#timer);
		for (const { reader } of this.#readers.values()) reader.close();
		this.#readers.clear();
	}

	async #reader(session: string): Promise<RingReader> {
		this.#sweep();
		const kept = this.#readers.get(session);
		if (kept) return kept.reader;
		const reader = await this.#open(session);
		const quicker = this.#readers.get(session);
		if (quicker) {
			reader.close();
			return quicker.reader;
		}
		this.#readers.set(session, { reader, since: monotonic() });
		return reader;
	}

	#sweep(): void {
		for (const [session, { reader, since }] of this.#readers) {
			if (monotonic() - since < KEEP) continue;
			reader.close();
			this.#readers.delete(session);
		}
	}
}
