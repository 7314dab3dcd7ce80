import { given } from "./ort/call.ts";
import type { Pointer } from "./ort/functions.ts";
import type { Runtime } from "./ort/runtime.ts";

/**
 * Where weights that models share are kept as the CPU wants them, once (`OrtPrepackedWeightsContainer`). It keeps all that was ever put
 * there, so it goes when no model uses it.
 */
export class Packed {
	readonly #runtime: Runtime;
	#container: Pointer | undefined;
	#users = 0;

	constructor(runtime: Runtime) {
		this.#runtime = runtime;
	}

	/** The container, until it is given back. */
	borrow(): Pointer {
		this.#container ??= given(this.#runtime, (out) => this.#runtime.functions.CreatePrepackedWeightsContainer(out));
		this.#users++;
		return this.#container;
	}

	/** Ends a `borrow`, after the model was freed. */
	giveBack(): void {
		if (--this.#users > 0 || this.#container === undefined) return;
		this.#runtime.functions.ReleasePrepackedWeightsContainer(this.#container);
		this.#container = undefined;
	}
}
