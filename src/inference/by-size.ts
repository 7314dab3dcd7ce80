import { type Size, sameSize } from "../base/geometry.ts";
import type { Engine } from "./engine.ts";
import type { Model } from "./model.ts";
import type { Drawn } from "./options.ts";

/**
 * A model of pictures whose graph is drawn for their size: when they come in another size it is drawn and loaded anew, and
 * the one before is closed. One call at a time.
 */
export class ModelBySize implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #draw: (size: Size) => Drawn | Promise<Drawn>;
	#held: { readonly size: Size; readonly model: Model } | undefined;

	/** Nothing is drawn before the first size is known. */
	constructor(engine: Engine, draw: (size: Size) => Drawn | Promise<Drawn>) {
		this.#engine = engine;
		this.#draw = draw;
	}

	/** The model for pictures of a size; valid until another is asked for. Errors: those of `Engine.model`. */
	async of(size: Size): Promise<Model> {
		if (!this.#held || !sameSize(this.#held.size, size)) {
			await this[Symbol.asyncDispose]();
			this.#held = { size, model: await this.#engine.model(await this.#draw(size)) };
		}
		return this.#held.model;
	}

	/** Closes what it holds. */
	async [Symbol.asyncDispose](): Promise<void> {
		const held = this.#held;
		this.#held = undefined;
		await held?.model[Symbol.asyncDispose]();
	}
}
