import { MutoscopeError } from "../../base/errors.ts";
import type { Size } from "../../base/geometry.ts";
import { Frame, type FrameOptions } from "../frame.ts";
import type { FramePool, Loan } from "../pool.ts";
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
	let loan: Loan | undefined;
	const head = lookAtNewest(name, memory, seen, (pixels, { size }) => {
		if (loan?.data.length !== pixels.length) {
			loan?.release(loan.data);
			loan = pool.lend(size);
		}
		loan.data.set(pixels);
	});
	if (head && loan) return new RingFrame(head.size, loan.data, { ...head, release: loan.release });
	loan?.release(loan.data);
	return undefined;
}

/**
 * Lets `look` at the newest frame where it lies, and again if a writer overtook it meanwhile. Returns what the slot says;
 * `undefined` if there is none but `seen`, or if the writers were faster in every try: what `look` saw is worthless then.
 *
 * Throws `ring/invalid` if what a slot says cannot be.
 */
export function lookAtNewest(
	name: string,
	memory: RingMemory,
	seen: number,
	look: (pixels: Uint8Array, head: SlotHead) => void,
): SlotHead | undefined {
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
		look(memory.pixels(slot, bytes), head);
		if (memory.lockAfter(slot) === lock) return head;
	}
	return undefined;
}

/** Whether there is a whole frame besides `seen`. */
export function isNewer(memory: RingMemory, seen: number): boolean {
	const slot = memory.latest;
	if (slot === undefined || memory.lock(slot) % 2 === 1) return false;
	const sequence = memory.sequence(slot);
	return sequence !== seen && sequence !== 0;
}
