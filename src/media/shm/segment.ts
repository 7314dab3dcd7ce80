/** A piece of named shared memory, mapped into this process. */
export interface Segment {
	/** All of it. Throws once closed: a view that is kept longer than the mapping would be a dangling pointer. */
	readonly buffer: ArrayBuffer;
	/** Makes sure that the system has room for these bytes. Throws `ring/no-memory`. */
	reserve(offset: number, bytes: number): void;
	/**
	 * Resolves when the 32-bit word at `offset` is woken, differs from `value`, or `milliseconds` are over; perhaps earlier.
	 * Does not block the event loop, yet may occupy one thread of libuv's pool. Never rejects.
	 */
	wait(offset: number, value: number, milliseconds: number): Promise<void>;
	/** Wakes whoever waits for the word at `offset`, in every process. */
	wake(offset: number): void;
	/** Unmaps it, as soon as no wait is in flight. May be called twice. */
	close(): void;
}

/** Shared memory of this system. */
export interface SharedMemory {
	/** New memory, zeroed, sparse where the system can, for this user only. `undefined` if the name is taken. */
	create(name: string, bytes: number): Segment | undefined;
	/** Memory that exists, to read and, if `writable`, to write. `undefined` if there is none. */
	open(name: string, writable: boolean): Segment | undefined;
	/** Takes the name away; those who have it mapped keep it. Nothing happens if there is none. */
	unlink(name: string): void;
	/** Names that begin with `prefix`, as far as the system can tell. */
	list(prefix: string): string[];
	/** When a process began, in a unit of the system's; 0 if it cannot tell; `undefined` if there is no such process. */
	started(pid: number): number | undefined;
}
