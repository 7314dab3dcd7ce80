import type { Engine, Tensor } from "mutoscope/inference";
import type { Positions } from "./positions.ts";
import { freeAll } from "./sessions.ts";

/** Tables of turns as tensors, fp32 [tokens, depth/2] each. */
export interface TurnTensors {
	readonly cos: Tensor;
	readonly sin: Tensor;
}

/** A chunk's own, its neighbours', and those of the window's keys. */
const KEPT = 8;

/** Remembers the turns of frames: all passes of a chunk have the same. */
export class TurnTable implements Disposable {
	readonly #engine: Engine;
	readonly #positions: Positions;
	readonly #known = new Map<string, TurnTensors>();

	constructor(engine: Engine, positions: Positions) {
		this.#engine = engine;
		this.#positions = positions;
	}

	/**
	 * Turns of frames at these positions in time. Tensors that stay the table's own until eight others were asked for.
	 *
	 * @param tokens how many, if the last frame is not whole.
	 */
	of(frames: readonly number[], tokens = frames.length * this.#positions.tokens): TurnTensors {
		const key = `${tokens}:${frames.join()}`;
		let tensors = this.#known.get(key);
		this.#known.delete(key);
		tensors ??= this.#make(frames, tokens);
		this.#known.set(key, tensors);
		const [oldest] = this.#known;
		if (oldest && this.#known.size > KEPT) {
			this.#known.delete(oldest[0]);
			freeAll([oldest[1].cos, oldest[1].sin]);
		}
		return tensors;
	}

	#make(frames: readonly number[], tokens: number): TurnTensors {
		const { pairs } = this.#positions;
		const table = this.#positions.of(frames);
		const place = (turns: Float32Array) =>
			this.#engine.tensor("float32", [tokens, pairs], turns.subarray(0, tokens * pairs));
		return { cos: place(table.cos), sin: place(table.sin) };
	}

	[Symbol.dispose](): void {
		for (const { cos, sin } of this.#known.values()) freeAll([cos, sin]);
		this.#known.clear();
	}
}
