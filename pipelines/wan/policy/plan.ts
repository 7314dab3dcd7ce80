/**
 * What a cache of keys and values does in one pass of the transformer, in whole latent frames. Pure arithmetic: the
 * numbers are those of the reference implementations, the tensors are moved elsewhere (`cache/`).
 *
 * Slots are counted as the reference counts them: the sink first, then the window, oldest first. Where a slot lies in
 * memory is `SlotMap`'s business.
 *
 * @module
 */

/** Latent frames or slots from `from` up to, but without, `to`. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** How far a cache has been written. */
export interface Ends {
	/** Latent frames since the last reset. */
	readonly global: number;
	/** Slots that hold a frame. */
	readonly local: number;
	/** Length of the memory bank, as MemFlow counts it: it goes on beyond the bank's size. */
	readonly bank: number;
}

/** A cache that nothing has been written to. */
export const EMPTY: Ends = { global: 0, local: 0, bank: 0 };

/** One pass of the transformer over the frames of a chunk, or of several. */
export interface Pass {
	/** Index of the first frame since the last reset. */
	readonly start: number;
	/** How many frames. */
	readonly frames: number;
	/**
	 * - `denoise`: a step of a chunk;
	 * - `clean`: the closing pass at timestep 0, so that the cache remembers the chunk without noise;
	 * - `recache`: earlier frames once more, after a change of prompt;
	 * - `context`: the whole cache anew from a few frames.
	 */
	readonly kind: "denoise" | "clean" | "recache" | "context";
	/** Whether it is the first pass of its chunk. */
	readonly opens?: boolean;
}

/** What is done in a pass, in this order: roll, sink, write, attend. */
export interface Plan {
	/** Slots of `within`, of which the first `count` leave; the others close up. */
	readonly roll?: { readonly within: Span; readonly count: number };
	/**
	 * What becomes of the frames that leave: `average`, the sink keeps `decay` of itself and takes the rest from them;
	 * `replace`, the first `count` of them take the places of the first of the sink.
	 */
	readonly sink?:
		| { readonly kind: "average"; readonly decay: number }
		| { readonly kind: "replace"; readonly count: number };
	/** Slots that the pass's frames are written to. */
	readonly write: Span;
	/** Frames at the start of the pass that are not kept: the others go to `write`. */
	readonly skipped: number;
	/** Slots that are attended to, in this order. */
	readonly attend: readonly Span[];
	/** Slots that nothing has been written to and that are attended to all the same: keys of nothing take part. */
	readonly blank?: number;
	/** Frames that the pass lacks to a whole chunk, where keys of nothing take their part as far as they fill a block of keys. */
	readonly lacks?: number;
	/** The position on the time axis of the pass's first frame, for its queries, and for its keys where they are cached turned. */
	readonly position: number;
	/** Slots whose keys count less by the policy's attention bias. */
	readonly faded?: Span;
	/** What is done with the memory bank. */
	readonly bank?: BankPlan;
	/** How far the cache is written afterwards. */
	readonly ends: Ends;
}

/** What MemFlow does with its memory bank in a pass. */
export interface BankPlan {
	/** Before the pass, what was staged goes to this slot of the bank, or, if `compress`, the best are kept and it is added. */
	readonly commit?: { readonly slot: number } | "compress";
	/** Slots of the bank that are attended to, after the sink. */
	readonly attend: number;
	/** After the pass, the chunk's first frame is staged. */
	readonly stage: boolean;
}

/** A way to keep the past: which frames a cache holds, and which of them a pass sees. */
export interface Policy {
	/** Slots of the cache, the sink included. */
	readonly window: number;
	/** Whether keys are cached as they are turned to their place in time, or turned at every pass. */
	readonly keys: "turned" | "plain";
	/** Whether keys may be given a bias: passes then read the whole cache and are told which slots count. */
	readonly biased: boolean;
	/** Slots of the memory bank, 0 without one; one more is kept for what is staged. */
	readonly bank: number;
	/** What is done in a pass that finds the cache written up to `ends`. */
	plan(ends: Ends, pass: Pass): Plan;
}
