import type { Stages } from "./line.ts";

/** Parts of a chunk, and the whole. */
export type Stage = Exclude<keyof Stages, "rest"> | "chunk";

/** Adds up how long stages take. */
export class Clock {
	readonly #times = new Map<Stage, number[]>();

	/** Does it, and notes how long it took. */
	async measure<T>(stage: Stage, act: () => Promise<T>): Promise<T> {
		const begun = performance.now();
		const result = await act();
		const times = this.#times.get(stage) ?? [];
		times.push(performance.now() - begun);
		this.#times.set(stage, times);
		return result;
	}

	/** Milliseconds of a stage, all together. */
	total(stage: Stage): number {
		return (this.#times.get(stage) ?? []).reduce((sum, time) => sum + time, 0);
	}

	/**
	 * Means of a call of each stage, of decoding and encoding for a chunk. What no stage is of `chunks` is the rest of a chunk.
	 */
	stages(chunks: number): Stages {
		const mean = (stage: Stage, count = this.#times.get(stage)?.length ?? 0) =>
			count > 0 && this.#times.has(stage) ? { [stage]: this.total(stage) / count } : {};
		const known = (["denoise", "clean", "encode", "decode"] as const).reduce((sum, one) => sum + this.total(one), 0);
		return {
			...mean("text"),
			...mean("denoise"),
			...mean("clean"),
			...mean("encode", chunks),
			...mean("decode", chunks),
			rest: Math.max(0, this.total("chunk") - known) / chunks,
		};
	}

	/** Forgets all. */
	clear(): void {
		this.#times.clear();
	}
}
