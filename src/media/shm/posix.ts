import { closeSync, fstatSync } from "node:fs";
import type { LibraryHandle } from "koffi";
import { koffi } from "../native.ts";
import type { Segment } from "./segment.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** What differs between POSIX systems. Addresses are those of the 32-bit word. */
export interface Posix {
	reserve(descriptor: number, offset: number, bytes: number): void;
	wait(address: bigint, value: number, milliseconds: number): Promise<void>;
	wake(address: bigint): void;
}

/** The two functions of `library`, the C library, that map memory. */
export function mapper(library: LibraryHandle) {
	const mmap = library.func("void *mmap(void *, size_t, int, int, int, int64_t)") as (
		...words: (number | null)[]
	) => bigint;
	const munmap = library.func("int munmap(void *, size_t)") as (address: bigint, bytes: number) => number;
	return { mmap, munmap };
}

/** A file descriptor that was mapped whole. */
export class Mapping implements Segment {
	readonly #posix: Posix;
	readonly #descriptor: number;
	readonly #address: bigint;
	readonly #bytes: number;
	readonly #munmap: (address: bigint, bytes: number) => number;
	#buffer: ArrayBuffer | undefined;
	#waiting: Promise<void> | undefined;
	/** Offset of the word that is waited for. */
	#word = 0;

	/** Takes the descriptor over. Throws if the system cannot map it. */
	constructor(posix: Posix, { mmap, munmap }: ReturnType<typeof mapper>, descriptor: number, writable: boolean) {
		this.#posix = posix;
		this.#munmap = munmap;
		this.#descriptor = descriptor;
		this.#bytes = fstatSync(descriptor).size;
		const access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
		this.#address = this.#bytes > 0 ? mmap(null, this.#bytes, access, MAP_SHARED, descriptor, 0) : MAP_FAILED;
		if (this.#address === MAP_FAILED && this.#bytes > 0) {
			const code = koffi.errno();
			closeSync(descriptor);
			throw new Error(`mmap of ${this.#bytes} bytes failed with errno ${code}`);
		}
		this.#buffer = this.#bytes > 0 ? koffi.view(this.#address, this.#bytes) : new ArrayBuffer(0);
	}

	get buffer(): ArrayBuffer {
		if (!this.#buffer) throw new TypeError("this shared memory was closed");
		return this.#buffer;
	}

	reserve(offset: number, bytes: number): void {
		this.#posix.reserve(this.#descriptor, offset, bytes);
	}

	wait(offset: number, value: number, milliseconds: number): Promise<void> {
		if (!this.#buffer) return Promise.resolve();
		this.#word = offset;
		this.#waiting ??= this.#posix.wait(this.#address + BigInt(offset), value, milliseconds).finally(() => {
			this.#waiting = undefined;
			if (!this.#buffer) this.#unmap();
		});
		return this.#waiting;
	}

	wake(offset: number): void {
		if (this.#buffer) this.#posix.wake(this.#address + BigInt(offset));
	}

	close(): void {
		if (!this.#buffer) return;
		this.#buffer = undefined;
		if (this.#waiting !== undefined) this.#posix.wake(this.#address + BigInt(this.#word));
		else this.#unmap();
	}

	#unmap(): void {
		if (this.#bytes > 0) this.#munmap(this.#address, this.#bytes);
		closeSync(this.#descriptor);
	}
}
