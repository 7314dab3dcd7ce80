import { MutoscopeError } from "../../base/errors.ts";
import type { Size } from "../../base/geometry.ts";
import { Frame, type FrameOptions } from "../frame.ts";
import type { FramePool } from "../pool.ts";
import type { SlotHead } from "./layout.ts";
import type { RingMemory } from "./memory.ts";

/** How often a reader tries again when a writer overtook it while it copied. */
const TRIES = 8;

/** A frame that was copied out of a ring. */
export class RingFrame extends Frame {
	/** Its index in the ring, from 1. */
	readonly sequence: number;
	/** When it entered the ring, seconds on the monotonic clock. */
	readonly shown: number;

	/** Takes `data` over. */
	constructor(size: Size, data: Uint8Array, options: FrameOptions & Pick<SlotHead, "sequence" | "shown">) {
		super(size, data, options);
		this.sequence = options.sequence;
		this.shown = options.shown;
	}
}

/**
 * Copies the newest frame out of a ring, into memory of the pool. `undefined` if there is none but `seen`, or if the
 * writers were faster in every try.
 *
 * Throws `ring/invalid` if what a slot says cannot be.
 */
export function takeNewest(name: string, memory: RingMemory, pool: FramePool, seen: number): RingFrame | undefined {
	for (let tries = 0; tries < TRIES; tries++) {
		const slot = memory.latest;
		if (slot === undefined) return undefined;
		const lock = memory.lock(slot);
		if (lock % 2 === 1) continue;
		const head = memory.head(slot);
		if (memory.lockAfter(slot) !== lock) continue;
		const { size, sequence } = head;
		if (sequence === seen || sequence === 0) return undefined;
		const bytes = size.width * size.height * 4;
		if (bytes === 0 || bytes > memory.maxBytes) {
			const reason = `a frame of ${size.width}×${size.height} does not fit it`;
			throw new MutoscopeError("ring/invalid", { ring: name, reason });
		}
		const { data, release } = pool.lend(size);
		data.set(memory.pixels(slot, bytes));
		if (memory.lockAfter(slot) === lock) return new RingFrame(size, data, { ...head, release });
		release(data);
	}
	return undefined;
}
