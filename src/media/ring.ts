import { MutoscopeError } from "../base/errors.ts";
import { monotonic } from "./clock.ts";
import type { Frame } from "./frame.ts";
import { FramePool } from "./pool.ts";
import { checkName, guard, type Mapped, openRing, reserve, retire, shut } from "./ring/door.ts";
import { type RingFrame, takeNewest } from "./ring/frame.ts";
import { RingMemory, ringBytes, STATE, WAKE } from "./ring/layout.ts";
import { sharedMemory } from "./shm/shm.ts";

export { RingFrame } from "./ring/frame.ts";

/** 2160p. Memory is taken only for what frames really need. */
const MAX_BYTES = 3840 * 2160 * 4;
/** Milliseconds that a reader sleeps at most before it looks by itself. */
const DOZE = 250;
/** What the slot of a frame says that came to nothing. */
const NOTHING = {
	captured: 0,
	made: 0,
	shown: 0,
	chunk: 0,
	revision: 0,
	sequence: 0,
	size: { width: 0, height: 0 },
	alpha: false,
};

/** How much a ring holds. */
export interface RingOptions {
	/** Frames, at least 2; 3 unless said. With more, a slow reader is overtaken less often. */
	readonly slots?: number;
	/** Bytes of the largest frame; 3840×2160 RGBA unless said. */
	readonly maxBytes?: number;
}

/**
 * Frames in shared memory, for any number of reading processes: the newest wins, and sizes may change at any frame.
 *
 * This is the owner's side: it makes the ring and takes it away. Writers and readers attach by name; a ring outlives its
 * writer, so that readers hold the last frame until the next writer comes.
 */
export class Ring implements Disposable {
	readonly name: string;
	readonly #mapped: Mapped;
	#closed = false;

	/**
	 * Makes a ring. One of this name whose owner has died is closed first.
	 *
	 * Throws `ring/exists`, `ring/no-memory`, or `ring/invalid` if the name is another thing's or cannot be a ring's.
	 */
	static create(name: string, { slots = 3, maxBytes = MAX_BYTES }: RingOptions = {}): Ring {
		const shm = sharedMemory();
		checkName(name);
		const owner = retire(name);
		if (owner) throw new MutoscopeError("ring/exists", { ring: name, pid: owner.pid });
		const segment = guard("ring/no-memory", name, () => shm.create(name, ringBytes(slots, maxBytes)));
		if (!segment) throw new MutoscopeError("ring/exists", { ring: name, pid: "that has it open" });
		try {
			reserve(name, segment, 0, 1);
			const start = shm.started(process.pid) ?? 0;
			const memory = RingMemory.format(segment.buffer, slots, maxBytes, { pid: process.pid, start });
			for (let slot = 0; slot < slots; slot++) reserve(name, segment, memory.pixelsAt(slot) - 1, 1);
			memory.state = STATE.open;
			return new Ring(name, { segment, memory });
		} catch (error) {
			segment.close();
			shm.unlink(name);
			throw error;
		}
	}

	private constructor(name: string, mapped: Mapped) {
		this.name = name;
		this.#mapped = mapped;
	}

	/** Tells readers that there will be no more frames, and takes the name away. May be called twice. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		shut(this.#mapped);
		this.#mapped.segment.close();
		sharedMemory().unlink(this.name);
	}

	[Symbol.dispose](): void {
		this.close();
	}
}

/** Puts frames into a ring. The newest writer wins: one that was there before can write no more. */
export class RingWriter implements Disposable {
	readonly #name: string;
	readonly #mapped: Mapped;
	readonly #writer: number;
	/** Bytes of each slot that are known to have memory. */
	readonly #reserved: number[];
	readonly #pool = new FramePool(1);
	#sequence = 0;
	#closed = false;

	/** Goes on where the last writer ended. Throws `ring/unknown`, `ring/invalid`. */
	static attach(name: string): RingWriter {
		return new RingWriter(name, openRing(name, true));
	}

	private constructor(name: string, mapped: Mapped) {
		const { memory } = mapped;
		this.#name = name;
		this.#mapped = mapped;
		this.#reserved = Array.from({ length: memory.slots }, () => 0);
		this.#writer = memory.claim(process.pid);
		for (let slot = 0; slot < memory.slots; slot++) {
			this.#sequence = Math.max(this.#sequence, memory.head(slot).sequence);
		}
	}

	/** Index of the frame that was written last, by whomever; 0 if none was. */
	get sequence(): number {
		return this.#sequence;
	}

	/**
	 * Copies a frame into the ring, wakes the readers and returns the frame's index. Does not close the frame.
	 *
	 * Throws `ring/too-large`, `ring/no-memory`, `ring/taken` if another writer has come, `TypeError` once closed.
	 */
	write(frame: Frame): number {
		const { segment, memory } = this.#open();
		const { data } = frame;
		if (data.length > memory.maxBytes) {
			throw new MutoscopeError("ring/too-large", { bytes: data.length, ring: this.#name, limit: memory.maxBytes });
		}
		this.#checkTaken();
		const slot = this.#seize();
		let whole = false;
		try {
			this.#reserve(slot, data.length);
			memory.pixels(slot, data.length).set(data);
			this.#checkTaken();
			const { captured, made, chunk, revision, size, alpha } = frame;
			const sequence = this.#sequence + 1;
			memory.describe(slot, { captured, made, chunk, revision, size, alpha, sequence, shown: monotonic() });
			this.#sequence = sequence;
			whole = true;
		} finally {
			if (!whole) memory.describe(slot, NOTHING);
			memory.release(slot);
		}
		memory.latest = slot;
		memory.signal();
		segment.wake(WAKE);
		return this.#sequence;
	}

	/** A copy of the newest frame, of whichever writer. The caller closes it. */
	last(): RingFrame | undefined {
		return takeNewest(this.#name, this.#open().memory, this.#pool, 0);
	}

	/** Lets go of the ring; its last frame stays. May be called twice. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#mapped.memory.leave(this.#writer);
		this.#mapped.segment.close();
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#open(): Mapped {
		if (this.#closed) throw new TypeError("this ring writer was closed");
		return this.#mapped;
	}

	#checkTaken(): void {
		const { writer, writerPid } = this.#mapped.memory;
		if (writer !== this.#writer) throw new MutoscopeError("ring/taken", { ring: this.#name, pid: writerPid });
	}

	/** Takes the next slot that is free; one in which a writer died is as good as free. */
	#seize(): number {
		const { memory } = this.#mapped;
		const latest = memory.latest ?? memory.slots - 1;
		for (let step = 1; step < memory.slots; step++) {
			const slot = (latest + step) % memory.slots;
			const lock = memory.lock(slot);
			const busy = lock % 2 === 1 && sharedMemory().started(memory.holder(slot)) !== undefined;
			if (!busy && memory.seize(slot, lock, process.pid)) return slot;
		}
		throw new MutoscopeError("ring/taken", { ring: this.#name, pid: memory.writerPid });
	}

	#reserve(slot: number, bytes: number): void {
		if ((this.#reserved[slot] ?? 0) >= bytes) return;
		const { segment, memory } = this.#mapped;
		reserve(this.#name, segment, memory.pixelsAt(slot), bytes);
		this.#reserved[slot] = bytes;
	}
}

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

/** Closes and takes away every ring that begins with `prefix` and whose owner has died. Returns their names. */
export function sweepRings(prefix: string): string[] {
	return sharedMemory()
		.list(prefix)
		.filter((name) => {
			try {
				checkName(name);
				return retire(name) === undefined;
			} catch {
				return false; // something else, or another user's
			}
		});
}
