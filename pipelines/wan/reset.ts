/** What is known when a chunk begins, from which follows what of the past is dropped. */
export interface ResetFacts {
	/** It is the first chunk, or the hand has asked for a reset. */
	readonly asked: boolean;
	/** The absolute index of the chunk's first latent frame. */
	readonly start: number;
	/** Latent frames of a chunk. */
	readonly latents: number;
	/** A LoRA scale was set, even to the same value. */
	readonly lorasSet: boolean;
	/** The list of steps is another, and not because a plugin moves it. */
	readonly stepsChanged: boolean;
	/** The input video has come or gone. */
	readonly modeChanged: boolean;
	/** The chunk has input frames: of a video, or for VACE. */
	readonly video: boolean;
	/** The text embedding is another. */
	readonly textChanged: boolean;
	/** A transition between prompts is under way in this chunk, or was in the one before. */
	readonly moving: boolean;
}

/** How the past is kept. */
export interface ResetOptions {
	/** Whether changes of LoRA scales, of steps, and of prompts over a video drop the past. Scope's `manage_cache`. */
	readonly manageCache: boolean;
	/**
	 * What a change of prompt does over an input video: `cut`, as Scope; `keep`, as without video, the past goes on and only
	 * the text changes.
	 */
	readonly promptOverVideo: "cut" | "keep";
	/** The latent frame that positions end at, 1024; infinite where they are relative. */
	readonly horizon: number;
}

/** What of the past is dropped before a chunk. */
export type Reset =
	/** Nothing. */
	| { readonly kind: "none" }
	/** Keys and values of the text; LongLive and MemFlow also write the last frames anew under the new prompt. */
	| { readonly kind: "text" }
	/**
	 * All caches and streams; the chunk begins at latent frame 0. Only one that was asked for forgets the prompts: else a
	 * target that a transition has reached would be lost.
	 */
	| { readonly kind: "full"; readonly forgetsPrompts: boolean; readonly reason: string };

/** What a chunk drops. The first reason that holds is the one told. */
export function resetOf(facts: ResetFacts, { manageCache, promptOverVideo, horizon }: ResetOptions): Reset {
	const reasons: readonly (readonly [boolean, string])[] = [
		[facts.modeChanged, "the input video came or went"],
		[facts.start >= horizon - facts.latents, "the last position was reached"],
		[manageCache && facts.lorasSet, "a LoRA scale was set"],
		[manageCache && facts.stepsChanged, "the steps changed"],
		[
			manageCache && promptOverVideo === "cut" && facts.video && facts.textChanged && !facts.moving,
			"the prompt changed over a video",
		],
	];
	if (facts.asked) return { kind: "full", forgetsPrompts: true, reason: "it was asked for" };
	const [, reason] = reasons.find(([holds]) => holds) ?? [];
	if (reason) return { kind: "full", forgetsPrompts: false, reason };
	return facts.textChanged ? { kind: "text" } : { kind: "none" };
}
