import { type Kernels, openKernels } from "./kernels.ts";

const WASM_PAGE = 65_536;
/** Vectors are read whole, so that the last one may reach beyond what it is read for. */
const MARGIN = 64;

/** The kernels, and where in their memory things lie while one call works. It only grows, to the largest frame there was. */
export class Arena {
	readonly kernels: Kernels = openKernels();
	#used = 0;

	/** Forgets everything, and makes room for things of so many bytes. */
	clear(sizes: readonly number[]): void {
		this.#used = 0;
		const { memory } = this.kernels;
		const bytes = sizes.reduce((total, size) => total + size + MARGIN, 0);
		const missing = bytes - memory.buffer.byteLength;
		if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
	}

	/** A place for so many bytes. */
	place(bytes: number): number {
		const at = this.#used;
		this.#used = Math.ceil((at + bytes + MARGIN / 2) / 16) * 16;
		return at;
	}

	/** A place that holds these. */
	put(data: Uint8Array | Int16Array | Int32Array): number {
		const at = this.place(data.byteLength);
		new Uint8Array(this.kernels.memory.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
		return at;
	}

	/** The bytes at a place. Not to be kept: the memory moves when it grows. */
	bytes(at: number, length: number): Uint8Array {
		return new Uint8Array(this.kernels.memory.buffer, at, length);
	}
}

let shared: Arena | undefined;

/** The arena of this thread: a call has it for itself, since none waits for anything. */
export function arena(): Arena {
	shared ??= new Arena();
	return shared;
}
