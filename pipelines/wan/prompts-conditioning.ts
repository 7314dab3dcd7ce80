import { type Prompt, samePrompts } from "./prompts.ts";
import { blend } from "./prompts-blend.ts";
import type { BlendMethod, BlendOptions, Embedding } from "./prompts-embedding.ts";
import { differs, Transition } from "./transition.ts";

/** An order to travel to other prompts, given once. */
export interface TransitionOrder {
	/** Where to. */
	readonly prompts: readonly Prompt[];
	/** In how many chunks, the present one included; 0 and 1 are a cut. */
	readonly steps: number;
	/** By which way. */
	readonly method: BlendMethod;
}

/** What a chunk is made from. */
export interface Condition {
	/** The blended embedding. */
	readonly embedding: Embedding;
	/** Whether it is another than that of the chunk before: cross-attention is to be projected anew. */
	readonly changed: boolean;
	/** Whether it is a step of a transition. */
	readonly moving: boolean;
}

/** Encodes texts in one batch, one embedding each. */
export type Encode = (texts: readonly string[]) => Promise<readonly Embedding[]>;

/** How many texts stay encoded, so that weights can be turned without the encoder: 8 MB each for UMT5-XXL. */
const KEPT = 8;

/**
 * Follows the prompts, chunk by chunk: encodes what is new, blends, travels.
 *
 * - Prompts count as new when they are others than those received last, and others than those shown.
 * - A transition starts from what is shown, whatever else comes with it. While nothing is shown, it is a cut. To what
 *   looks the same, it is nothing.
 * - New prompts cut a transition short, unless they are to be followed. From its beginning its target counts as shown; the old prompts, which a client
 *   keeps sending, are passed over until it sends others.
 */
export class Conditioning {
	readonly #encode: Encode;
	readonly #options: BlendOptions;
	readonly #encoded = new Map<string, Embedding>();
	#received: readonly Prompt[] = [];
	#shown: readonly Prompt[] = [];
	#method: BlendMethod = "linear";
	#embedding: Embedding | undefined;
	#transition: Transition | undefined;

	constructor(encode: Encode, options: BlendOptions = {}) {
		this.#encode = encode;
		this.#options = options;
	}

	/**
	 * The condition of the next chunk. If encoding fails, nothing has changed.
	 *
	 * @param prompts those that hold now, at least one.
	 * @param method how several prompts are blended.
	 * @param order a transition that begins with this chunk; to be given in one chunk only.
	 * @param follows whether a transition that is under way goes on to what is new, in the steps that are left: so weights
	 *   can be turned meanwhile. Else what is new cuts it short.
	 */
	async next(
		prompts: readonly Prompt[],
		method: BlendMethod,
		order?: TransitionOrder,
		follows = false,
	): Promise<Condition> {
		const before = this.#embedding;
		if (order) await this.#begin(order, method);
		else if (this.#isNew(prompts, method)) await this.#turn(prompts, method, follows);
		this.#received = prompts;
		this.#method = method;
		const transition = this.#transition;
		if (transition) {
			this.#embedding = transition.next();
			if (transition.done) this.#transition = undefined;
		}
		const embedding = this.#embedding as Embedding;
		return { embedding, changed: embedding !== before, moving: transition !== undefined };
	}

	/** Forgets what is shown, and any transition: the next chunk is a first one. Encoded texts are kept. */
	reset(): void {
		this.#received = [];
		this.#shown = [];
		this.#embedding = undefined;
		this.#transition = undefined;
	}

	#isNew(prompts: readonly Prompt[], method: BlendMethod): boolean {
		if (method !== this.#method && prompts.length > 1) return true;
		return !samePrompts(prompts, this.#received) && !samePrompts(prompts, this.#shown);
	}

	async #begin({ prompts, steps, method }: TransitionOrder, blending: BlendMethod): Promise<void> {
		const target = await this.#blended(prompts, blending);
		const source = this.#embedding;
		if (!source || steps <= 1) return this.#cut(target, prompts);
		this.#cut(source, prompts);
		if (differs(source, target)) this.#transition = new Transition(source, target, steps, method, this.#options);
	}

	async #turn(prompts: readonly Prompt[], method: BlendMethod, follows: boolean): Promise<void> {
		const target = await this.#blended(prompts, method);
		const [way, from] = [this.#transition, this.#embedding];
		if (!follows || !way || !from) return this.#cut(target, prompts);
		this.#cut(from, prompts);
		this.#transition = way.turned(from, target);
	}

	#cut(embedding: Embedding, prompts: readonly Prompt[]): void {
		this.#embedding = embedding;
		this.#shown = prompts;
		this.#transition = undefined;
	}

	async #blended(prompts: readonly Prompt[], method: BlendMethod): Promise<Embedding> {
		const texts = [...new Set(prompts.map(({ text }) => text))];
		const missing = texts.filter((text) => !this.#encoded.has(text));
		const encoded = missing.length > 0 ? await this.#encode(missing) : [];
		for (const [i, text] of missing.entries()) this.#encoded.set(text, encoded[i] as Embedding);
		const embeddings = prompts.map(({ text }) => this.#encoded.get(text) as Embedding);
		this.#keep(texts);
		return blend(
			embeddings,
			prompts.map(({ weight }) => weight),
			method,
			this.#options,
		);
	}

	/** Lets go of the texts that were used longest ago. */
	#keep(used: readonly string[]): void {
		for (const text of used) {
			const embedding = this.#encoded.get(text) as Embedding;
			this.#encoded.delete(text);
			this.#encoded.set(text, embedding);
		}
		for (const text of this.#encoded.keys()) {
			if (this.#encoded.size <= Math.max(KEPT, used.length)) return;
			this.#encoded.delete(text);
		}
	}
}
