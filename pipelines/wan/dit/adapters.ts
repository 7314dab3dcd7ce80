import type { DType, Engine, Tensor } from "mutoscope/inference";
import { kindOf, type LoraTarget } from "./linears.ts";

/** What is laid over one linear layer: scale · up · down, all ranks of all adapters one behind the other. */
export interface LowRank {
	readonly rank: number;
	/** [rank, inputs]. */
	readonly down: Float32Array;
	/** [outputs, rank]. */
	readonly up: Float32Array;
	/** [rank]: how much each counts; alpha/rank included. */
	readonly scale: Float32Array;
}

const PARTS = ["down", "up", "scale"] as const;

/** The adapters of a transformer as inputs of its models. Scales change without anything else being touched. */
export class Adapters implements Disposable {
	readonly #engine: Engine;
	readonly #tensors = new Map<string, Tensor>();
	#layers: ReadonlyMap<string, LowRank> = new Map();
	/** The largest rank of each kind of layer: the others of the kind are filled up with nothing. */
	#ranks: ReadonlyMap<string, number> = new Map();
	#silent = true;

	constructor(engine: Engine) {
		this.#engine = engine;
	}

	/** Whether there are none, or none that counts. */
	get silent(): boolean {
		return this.#silent;
	}

	/** Lays these over the layers of these names, and nothing over the others. The arrays are kept, not copied. */
	set(layers: ReadonlyMap<string, LowRank>): void {
		this[Symbol.dispose]();
		this.#layers = layers;
		this.#listen();
		const ranks = new Map<string, number>();
		for (const [module, { rank }] of layers) ranks.set(kindOf(module), Math.max(rank, ranks.get(kindOf(module)) ?? 0));
		this.#ranks = ranks;
	}

	/** Changes how much the ranks of layers count. Throws `RangeError` for a layer without an adapter. */
	scale(scales: ReadonlyMap<string, Float32Array>): void {
		const layers = new Map(this.#layers);
		for (const [module, scale] of scales) {
			const layer = layers.get(module);
			if (layer?.rank !== scale.length)
				throw new RangeError(`there is no adapter of rank ${scale.length} over ${module}`);
			layers.set(module, { ...layer, scale });
			const name = `lora.${module}.scale`;
			this.#tensors.get(name)?.dispose();
			this.#tensors.delete(name);
		}
		this.#layers = layers;
		this.#listen();
	}

	/** Inputs for these layers; those without an adapter get one of rank 0. */
	async feeds(targets: readonly LoraTarget[]): Promise<Readonly<Record<string, Tensor>>> {
		const feeds: Record<string, Tensor> = {};
		for (const { module, inputs, outputs, dtype } of targets) {
			const layer = this.#layers.get(module);
			const rank = this.#ranks.get(kindOf(module)) ?? 0;
			const dims = { down: [rank, inputs], up: [outputs, rank], scale: [rank] };
			for (const part of PARTS) {
				const name = `lora.${module}.${part}`;
				let tensor = this.#tensors.get(name);
				if (!tensor) {
					const data = layer && filled(layer[part], layer.rank, rank, part === "up");
					tensor = await this.#place(name, dtype, dims[part], data);
				}
				feeds[name] = tensor;
			}
		}
		return feeds;
	}

	#listen(): void {
		this.#silent = [...this.#layers.values()].every(({ scale }) => scale.every((each) => each === 0));
	}

	async #place(name: string, dtype: DType, dims: readonly number[], data: Float32Array | undefined): Promise<Tensor> {
		const tensor = this.#engine.deviceTensor(dtype, dims);
		this.#tensors.set(name, tensor);
		if (data && tensor.length > 0) {
			using host = this.#engine.tensor(dtype, dims, data);
			await this.#engine.copy(host, tensor);
		}
		return tensor;
	}

	/** Takes all adapters away. */
	[Symbol.dispose](): void {
		for (const tensor of this.#tensors.values()) tensor.dispose();
		this.#tensors.clear();
		this.#layers = new Map();
		this.#ranks = new Map();
		this.#silent = true;
	}
}

/** A factor brought to a larger rank with zeros. `columns`: its ranks are its columns, not its rows. */
function filled(data: Float32Array, from: number, to: number, columns: boolean): Float32Array {
	if (from === to) return data;
	const other = data.length / from;
	const result = new Float32Array(other * to);
	if (!columns) result.set(data);
	else for (let row = 0; row < other; row++) result.set(data.subarray(row * from, (row + 1) * from), row * to);
	return result;
}
