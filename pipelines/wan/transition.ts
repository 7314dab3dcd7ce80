import { type BlendMethod, type BlendOptions, distance, type Embedding, lerp } from "./prompts-embedding.ts";
import { slerp } from "./prompts-slerp.ts";

/** Embeddings nearer than this (Frobenius norm) are the same: there is nothing to travel. */
const SIMILAR = 0.01;

/** Whether a transition between two embeddings is worth its steps. */
export function differs(source: Embedding, target: Embedding): boolean {
	return distance(source, target) >= SIMILAR;
}

/** A way from one embedding to another in a number of chunks: the first is the source, the last the target. */
export class Transition {
	readonly #source: Embedding;
	readonly #target: Embedding;
	readonly #steps: number;
	readonly #method: BlendMethod;
	readonly #options: BlendOptions;
	#next = 0;

	/** @param steps how many chunks it takes, 1 or more; a transition of one step never leaves its source. */
	constructor(source: Embedding, target: Embedding, steps: number, method: BlendMethod, options: BlendOptions = {}) {
		this.#source = source;
		this.#target = target;
		this.#steps = steps;
		this.#method = method;
		this.#options = options;
	}

	/** Whether all steps have been taken. */
	get done(): boolean {
		return this.#next >= this.#steps;
	}

	/** The way from where one is to another target, in the steps that are left. */
	turned(from: Embedding, target: Embedding): Transition {
		const way = new Transition(from, target, this.#steps - this.#next + 1, this.#method, this.#options);
		way.#next = 1;
		return way;
	}

	/** The embedding of the next chunk. */
	next(): Embedding {
		const t = this.#steps > 1 ? this.#next / (this.#steps - 1) : 0;
		this.#next++;
		return this.#method === "slerp"
			? slerp(this.#source, this.#target, t, this.#options)
			: lerp(this.#source, this.#target, t);
	}
}
