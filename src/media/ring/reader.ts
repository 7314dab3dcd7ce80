import { FramePool } from "../pool.ts";
import { type Mapped, openRing } from "./door.ts";
import { isNewer, lookAtNewest, type RingFrame, takeNewest } from "./frame.ts";
import { type SlotHead, STATE, WAKE } from "./layout.ts";

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
		while (await this.changed(signal)) {
			const frame = this.fresh();
			if (frame) return frame;
		}
		return undefined;
	}

	/**
	 * Resolves with `true` once there is a frame newer than the last that was returned or looked at; with `false` once the
	 * ring or this reader was closed. Rejects with the signal's reason when it aborts.
	 */
	async changed(signal?: AbortSignal): Promise<boolean> {
		// A writer that is always ahead must not keep the event loop from everything else.
		if (!this.#slept) await new Promise(setImmediate);
		this.#slept = false;
		for (;;) {
			signal?.throwIfAborted();
			if (this.#closed) return false;
			const { memory } = this.#mapped;
			const { wake, state } = memory;
			if (isNewer(memory, this.#seen)) return true;
			if (state !== STATE.open) return false;
			this.#slept = true;
			await this.#sleep(wake, signal);
		}
	}

	/**
	 * Lets `look` at the newest frame where it lies, without a copy, if it was not returned or looked at before. A writer may
	 * overtake it meanwhile: `look` is called again then, and what it made of the pixels before is worthless, as it is if this
	 * returns `undefined`. The pixels are not to be kept.
	 *
	 * Returns what there is to know of the frame. Throws `ring/invalid` if it is broken.
	 */
	look(look: (pixels: Uint8Array, head: SlotHead) => void): SlotHead | undefined {
		if (this.#closed) return undefined;
		const head = lookAtNewest(this.#name, this.#mapped.memory, this.#seen, look);
		if (head) this.#seen = head.sequence;
		return head;
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
