import type { Policy } from "./plan.ts";

/** Krea Realtime's settings. */
export interface Krea {
	/** Slots of the cache. */
	readonly window: number;
	/** Latent frames of a chunk. */
	readonly chunk: number;
}

/**
 * Krea Realtime: before each chunk the cache is made anew from a few frames, so that positions stay small and errors do
 * not pile up. Nothing ever leaves the cache.
 *
 * Millon 2025, krea.ai/blog/krea-realtime-14b, as Daydream Scope runs it: 6 slots, 3 of context and 3 of the chunk. Scope's
 * attention bias fades the context but for its first frame. The context is made chunk by chunk: its frames see those of
 * their chunk and the chunks before.
 */
export function krea({ window, chunk }: Krea): Policy {
	return {
		window,
		keys: "turned",
		biased: true,
		bank: 0,
		plan({ global, local, bank }, { start, frames, kind }) {
			const anew = kind === "context";
			const to = anew ? start + frames : local + (start + frames - global);
			return {
				write: { from: to - frames, to },
				skipped: 0,
				attend: [{ from: 0, to }],
				...(anew && frames < chunk ? { lacks: chunk - frames } : {}),
				position: start,
				...(kind === "denoise" ? { faded: { from: 1, to: Math.max(1, to - chunk) } } : {}),
				ends: { global: start + frames, local: to, bank },
			};
		},
	};
}
