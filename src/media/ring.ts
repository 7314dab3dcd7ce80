import { MutoscopeError } from "../base/errors.ts";
import { checkName, guard, type Mapped, openRing, reserve, retire, shut } from "./ring/door.ts";
import { ringBytes, STATE } from "./ring/layout.ts";
import { RingMemory } from "./ring/memory.ts";
import { sharedMemory } from "./shm/shm.ts";

export { RingFrame } from "./ring/frame.ts";
export type { SlotHead } from "./ring/layout.ts";
export { RingReader } from "./ring/reader.ts";
export { RingWriter } from "./ring/writer.ts";

/** 2160p. Memory is taken only for what frames really need. */
const MAX_BYTES = 3840 * 2160 * 4;

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

/** Names of the rings on this machine that can be read now, sorted. */
export function listRings(): string[] {
	return sharedMemory()
		.list("")
		.filter((name) => {
			try {
				checkName(name);
				shut(openRing(name, false));
				return true;
			} catch {
				return false; // something else, another user's, or just gone
			}
		})
		.sort();
}
