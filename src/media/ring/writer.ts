import { MutoscopeError } from "../../base/errors.ts";
import { monotonic } from "../clock.ts";
import type { Frame } from "../frame.ts";
import { FramePool } from "../pool.ts";
import { sharedMemory } from "../shm/shm.ts";
import { type Mapped, openRing, reserve } from "./door.ts";
import { type RingFrame, takeNewest } from "./frame.ts";
import { WAKE } from "./layout.ts";

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
	 * Throws `ring/too-large`, `ring/no-memory`, `ring/taken` if another writer has come, `TypeError` once closed or if the frame is
	 * empty.
	 */
	write(frame: Frame): number {
		const { segment, memory } = this.#open();
		const { data } = frame;
		if (data.length === 0) throw new TypeError("a frame without pixels cannot be shown");
		if (data.length > memory.maxBytes) {
			throw new MutoscopeError("ring/too-large", { bytes: data.length, ring: this.#name, limit: memory.maxBytes });
		}
		this.#checkTaken();
		const slot = this.#seize();
		let whole = false;
		try {
			this.#reserve(slot, data.length);
			memory.pixels(slot, data.length).set(data);
			const { captured, made, chunk, revision, size, alpha } = frame;
			const sequence = this.#sequence + 1;
			memory.describe(slot, { captured, made, chunk, revision, size, alpha, sequence, shown: monotonic() });
			this.#checkTaken();
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
