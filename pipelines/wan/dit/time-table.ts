import type { Engine, Tensor } from "mutoscope/inference";
import type { Adapters } from "./adapters.ts";
import { type Precision, sinusoid } from "./positions.ts";
import { freeAll, type Sessions } from "./sessions.ts";

/** What timesteps are to a transformer: fp32 [timesteps, dim] and [timesteps, 6 · dim]. */
export interface TimeTensors {
	readonly embedding: Tensor;
	readonly modulation: Tensor;
}

/** More than the timesteps of any schedule that a hand would set. */
const KEPT = 64;

/** Remembers what timesteps are: a schedule has few, and they come in every chunk. */
export class TimeTable implements Disposable {
	readonly #engine: Engine;
	readonly #sessions: Sessions;
	readonly #adapters: Adapters;
	readonly #precision: Precision;
	readonly #known = new Map<string, TimeTensors>();

	constructor(engine: Engine, sessions: Sessions, adapters: Adapters, precision: Precision) {
		this.#engine = engine;
		this.#sessions = sessions;
		this.#adapters = adapters;
		this.#precision = precision;
	}

	/** Tensors that stay the table's own. */
	async of(timesteps: readonly number[]): Promise<TimeTensors> {
		const key = timesteps.join();
		let tensors = this.#known.get(key);
		this.#known.delete(key);
		tensors ??= await this.#make(timesteps);
		this.#known.set(key, tensors);
		const [oldest] = this.#known;
		if (oldest && this.#known.size > KEPT) {
			this.#known.delete(oldest[0]);
			freeAll([oldest[1].embedding, oldest[1].modulation]);
		}
		return tensors;
	}

	async #make(timesteps: readonly number[]): Promise<TimeTensors> {
		const { frequencies } = this.#sessions.parts.config;
		const model = await this.#sessions.time();
		const angles = sinusoid(timesteps, frequencies, this.#precision);
		using tensor = this.#engine.tensor("float32", [timesteps.length, frequencies], angles);
		const lora = await this.#adapters.feeds(this.#sessions.targetsOf(model));
		const made = await model.run({ sinusoid: tensor, ...lora }, {}, { place: "device" });
		return { embedding: made.embedding as Tensor, modulation: made.modulation as Tensor };
	}

	/** Forgets all: the model has changed. */
	clear(): void {
		for (const { embedding, modulation } of this.#known.values()) freeAll([embedding, modulation]);
		this.#known.clear();
	}

	[Symbol.dispose](): void {
		this.clear();
	}
}
