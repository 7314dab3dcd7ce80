import type { Engine, Tensor } from "mutoscope/inference";
import type { Memory } from "./past.ts";

/** A score of next to nothing, in half precision as well. */
const NONE = -60_000;

/** What is remembered of the frames before, where the provider computes; and which of it counts yet. */
export class DepthMemory implements Disposable {
	readonly #engine: Engine;
	#tensors: ReadonlyMap<string, Tensor> | undefined;
	#known = 0;

	constructor(engine: Engine) {
		this.#engine = engine;
	}

	/** What a graph that remembers `frames` frames is fed: memories, places and bias. The last two are the caller's. */
	feeds(
		memories: readonly Memory[],
		frames: number,
	): { readonly past: Record<string, Tensor>; readonly own: Record<string, Tensor> } {
		const { dtype } = this.#engine.provider;
		const type = dtype === "float32" ? "float32" : "float16";
		this.#tensors ??= new Map(memories.map(({ name, shape }) => [name, this.#engine.deviceTensor(type, shape)]));
		const unknown = frames - this.#known;
		const places = Array.from({ length: frames + 1 }, (_, i) => Math.max(0, i - unknown));
		const bias = Array.from({ length: frames + 1 }, (_, i) => (i < unknown ? NONE : 0));
		return {
			past: Object.fromEntries([...this.#tensors].map(([name, tensor]) => [`past/${name}`, tensor])),
			own: {
				places: this.#engine.tensor("int64", [frames + 1], places),
				bias: this.#engine.tensor("float32", [frames + 1], bias),
			},
		};
	}

	/** Takes over what a run gives to remember: outputs called `next/…`. */
	keep(outputs: Readonly<Record<string, Tensor>>, frames: number): void {
		const next = Object.entries(outputs).filter(([name]) => name.startsWith("next/"));
		for (const tensor of this.#tensors?.values() ?? []) tensor.dispose();
		this.#tensors = new Map(next.map(([name, tensor]) => [name.slice("next/".length), tensor]));
		this.#known = Math.min(frames, this.#known + 1);
	}

	/** Forgets all. */
	[Symbol.dispose](): void {
		for (const tensor of this.#tensors?.values() ?? []) tensor.dispose();
		this.#tensors = undefined;
		this.#known = 0;
	}
}
