import type { Size } from "../base/geometry.ts";
import { Frame, type FrameOptions } from "./frame.ts";

/** Frames whose pixels are used again once they are closed, so that a running show allocates nothing. */
export class FramePool {
	readonly #free = new Map<number, Uint8Array[]>();
	readonly #keep: number;

	/** Keeps at most `keep` unused buffers of each size. */
	constructor(keep = 8) {
		this.#keep = keep;
	}

	/** A frame to write into. Its pixels are whatever they were. */
	take(size: Size, options: Omit<FrameOptions, "release"> = {}): Frame {
		const bytes = size.width * size.height * 4;
		const data = this.#free.get(bytes)?.pop() ?? new Uint8Array(bytes);
		return new Frame(size, data, { ...options, release: (used) => this.#give(used) });
	}

	/** Lets go of everything unused. */
	clear(): void {
		this.#free.clear();
	}

	#give(data: Uint8Array): void {
		const free = this.#free.get(data.length) ?? [];
		if (free.length < this.#keep) free.push(data);
		this.#free.set(data.length, free);
	}
}
