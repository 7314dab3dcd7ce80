import { type ErrorCode, MutoscopeError, reasonOf } from "../../base/errors.ts";
import type { Segment } from "../shm/segment.ts";
import { sharedMemory } from "../shm/shm.ts";
import { type Party, STATE, WAKE } from "./layout.ts";
import { RingMemory } from "./memory.ts";

/** A ring that is mapped into this process. */
export interface Mapped {
	readonly segment: Segment;
	readonly memory: RingMemory;
}

/** What a ring may be called: macOS allows 31 characters with the slash. */
const NAME = /^[a-z0-9._-]{1,30}$/;

/** Throws `ring/invalid` if no ring can be called that. */
export function checkName(name: string): void {
	if (NAME.test(name) && !/^\.+$/.test(name)) return;
	throw new MutoscopeError("ring/invalid", {
		ring: JSON.stringify(name),
		reason: "a name has 1 to 30 of a-z 0-9 . _ -",
	});
}

/** Maps an open ring. Throws `ring/unknown`, `ring/invalid`. */
export function openRing(name: string, writable: boolean): Mapped {
	checkName(name);
	const segment = guard("ring/invalid", name, () => sharedMemory().open(name, writable));
	if (!segment) throw new MutoscopeError("ring/unknown", { ring: name });
	try {
		// Somebody is making it this very moment, or died before it was done.
		if (RingMemory.maker(segment.buffer)) throw new MutoscopeError("ring/unknown", { ring: name });
		const memory = guard("ring/invalid", name, () => new RingMemory(segment.buffer));
		if (memory.state !== STATE.open) throw new MutoscopeError("ring/unknown", { ring: name });
		return { segment, memory };
	} catch (error) {
		segment.close();
		throw error;
	}
}

/**
 * Takes a ring away that nobody owns any more: marks it closed, wakes who waits for it, and unlinks it.
 *
 * Returns the owner if it is alive; the ring stays then. Throws `ring/invalid` if it is something else than a ring.
 */
export function retire(name: string): Party | undefined {
	const shm = sharedMemory();
	const segment = guard("ring/invalid", name, () => shm.open(name, true));
	if (!segment) return undefined;
	try {
		const maker = RingMemory.maker(segment.buffer);
		if (maker && alive(maker)) return maker;
		if (!maker) {
			const memory = guard("ring/invalid", name, () => new RingMemory(segment.buffer));
			const { owner } = memory;
			if (memory.state !== STATE.closed && alive(owner)) return owner;
			shut({ segment, memory });
		}
		shm.unlink(name);
		return undefined;
	} finally {
		segment.close();
	}
}

/** Marks a ring closed and wakes who waits for it. */
export function shut({ segment, memory }: Mapped): void {
	memory.state = STATE.closed;
	memory.signal();
	segment.wake(WAKE);
}

/** Makes sure that there is memory. Throws `ring/no-memory`: without it, writing would end the process. */
export function reserve(name: string, segment: Segment, offset: number, bytes: number): void {
	guard("ring/no-memory", name, () => segment.reserve(offset, bytes));
}

function alive({ pid, start }: Party): boolean {
	if (pid === 0) return false;
	const started = sharedMemory().started(pid);
	return started !== undefined && (started === 0 || start === 0 || started === start);
}

/** Calls `act`; what it throws becomes `code` with its sentence as the reason. */
export function guard<T>(code: ErrorCode & ("ring/invalid" | "ring/no-memory"), ring: string, act: () => T): T {
	try {
		return act();
	} catch (error) {
		throw new MutoscopeError(code, { ring, reason: reasonOf(error) }, { cause: error });
	}
}
