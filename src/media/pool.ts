import type { Size } from "../base/geometry.ts";
import { Frame, type FrameOptions } from "./frame.ts";

/** How many sizes are kept: those used last. A source that changes its size at every frame must not fill the memory. */
const SIZES = 4;

/** Pixels on loan, and how to give them back. */
export interface Loan {
	/** Whatever they were. */
	readonly data: Uint8Array;
	readonly release: (data: Uint8Array) => void;
}

/** Frames whose pixels are used again once they are closed, so that a running show allocates nothing. */
export class FramePool {
	readonly #free = new Map<number, Uint8Array[]>();
	readonly #keep: number;

	/** Keeps at most `keep` unused buffers of each of the sizes used last. */
	constructor(keep = 8) {
		this.#keep = keep;
	}

	/** A frame to write into. Its pixels are whatever they were. */
	take(size: Size, options: Omit<FrameOptions, "release"> = {}): Frame {
		const { data, release } = this.lend(size);
		return new Frame(size, data, { ...options, release });
	}

	/** Pixels for a frame of another kind. */
	lend(size: Size): Loan {
		const bytes = size.width * size.height * 4;
		const data = this.#free.get(bytes)?.pop() ?? new Uint8Array(bytes);
		return { data, release: this.#give };
	}

	/** Lets go of everything unused. */
	clear(): void {
		this.#free.clear();
	}

	readonly #give = (data: Uint8Array): void => {
		const free = this.#free.get(data.length) ?? [];
		if (free.length < this.#keep) free.push(data);
		this.#free.delete(data.length);
		this.#free.set(data.length, free);
		for (const bytes of this.#free.keys()) {
			if (this.#free.size <= SIZES) break;
			this.#free.delete(bytes);
		}
	};
}
