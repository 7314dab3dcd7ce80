import { FramePool } from "../pool.ts";
import { type Mapped, openRing } from "./door.ts";
import { type RingFrame, takeNewest } from "./frame.ts";
import { STATE, WAKE } from "./layout.ts";

/** Milliseconds that a reader sleeps at most before it looks by itself. */
const DOZE = 250;

/** Takes frames out of a ring. */
export class RingReader implements Disposable {
	readonly #name: string;
	readonly #mapped: Mapped;
	readonly #pool = new FramePool();
	#seen = 0;
	#slept = true;
	#closed = false;

	/** Begins with the newest frame. Throws `ring/unknown`, `ring/invalid`. */
	static attach(name: string): RingReader {
		return new RingReader(name, openRing(name, false));
	}

	private constructor(name: string, mapped: Mapped) {
		this.#name = name;
		this.#mapped = mapped;
	}

	/**
	 * The newest frame, once there is one newer than the last that was returned. The caller closes it. `undefined` once the
	 * ring or this reader was closed. Rejects with the signal's reason when it aborts, `ring/invalid` if a frame is broken.
	 */
	async next(signal?: AbortSignal): Promise<RingFrame | undefined> {
		// A writer that is always ahead must not keep the event loop from everything else.
		if (!this.#slept) await new Promise(setImmediate);
		this.#slept = false;
		for (;;) {
			signal?.throwIfAborted();
			if (this.#closed) return undefined;
			const { memory } = this.#mapped;
			const { wake, state } = memory;
			const frame = this.#take(this.#seen);
			if (frame) return frame;
			if (state !== STATE.open) return undefined;
			this.#slept = true;
			await this.#sleep(wake, signal);
		}
	}

	/** The newest frame if it was not returned before. The caller closes it. */
	fresh(): RingFrame | undefined {
		return this.#closed ? undefined : this.#take(this.#seen);
	}

	/** The newest frame, returned before or not. The caller closes it. `undefined` if there is none. */
	latest(): RingFrame | undefined {
		return this.#closed ? undefined : this.#take(0);
	}

	/** Lets go of the ring; `next` resolves with `undefined`. May be called twice. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#mapped.segment.close();
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#take(seen: number): RingFrame | undefined {
		const frame = takeNewest(this.#name, this.#mapped.memory, this.#pool, seen);
		if (frame) this.#seen = frame.sequence;
		return frame;
	}

	/** Until the ring may have changed, or the signal aborts. */
	#sleep(wake: number, signal: AbortSignal | undefined): Promise<void> {
		const { segment, memory } = this.#mapped;
		const { poll } = memory;
		const woken = segment.wait(WAKE, wake, poll > 0 ? Math.min(poll, DOZE) : DOZE);
		if (!signal) return woken;
		return new Promise((resolve) => {
			const done = () => {
				signal.removeEventListener("abort", done);
				resolve();
			};
			signal.addEventListener("abort", done);
			void woken.then(done);
		});
	}
}
