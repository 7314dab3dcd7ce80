import { Engine, type Model, type Tensor, Weights } from "mutoscope/inference";
import type { Tokens } from "../tokenizer.ts";
import { buckets } from "./buckets.ts";
import { drawUmt5 } from "./graph.ts";
import { wanNames } from "./names.ts";
import { readRows } from "./table.ts";

/** Weights beyond this many bytes are used as they lie in the file, not widened or laid out anew in memory. */
const LARGE = 1 << 30;

/** Providers that compute with weights of 8 and 16 bits as the files have them. */
const ABLE: readonly Engine["provider"]["id"][] = ["cpu", "cuda", "tensorrt"];

/** Prompts as the transformer sees them. */
export interface Embeddings {
	/** float32 [prompts, length, dim]; zero after each prompt's end. */
	readonly data: Float32Array;
	readonly shape: readonly [prompts: number, length: number, dim: number];
	/** How many tokens of each prompt count. */
	readonly lengths: readonly number[];
}

/** Tokens → embeddings with UMT5's encoder. It is loaded when it is needed first. */
export class Umt5Encoder implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #weights: Weights;
	/** An engine of its own, if the one it was given cannot compute with the weights. */
	readonly #own: Engine | undefined;
	#model: Promise<Model> | undefined;

	private constructor(engine: Engine, weights: Weights, own: Engine | undefined) {
		this.#engine = own ?? engine;
		this.#weights = weights;
		this.#own = own;
	}

	/**
	 * Reads where the weights lie: Wan's layout in any float type, or Hugging Face's. Where the engine's provider has no use
	 * for such weights the CPU computes. Errors: `weight/file`.
	 */
	static async open(engine: Engine, files: string | readonly string[]): Promise<Umt5Encoder> {
		const weights = wanNames(await Weights.open(files));
		const own = ABLE.includes(engine.provider.id) ? undefined : await Engine.open({ provider: "cpu" });
		return new Umt5Encoder(engine, weights, own);
	}

	/**
	 * Encodes prompts, all in one run of as many tokens as the longest has. Errors: those of `Engine.model` and `Model.run`,
	 * `wan/token`.
	 */
	async encode({ ids, lengths, length }: Tokens, signal?: AbortSignal): Promise<Embeddings> {
		const table = this.#weights.get("token_embedding.weight");
		const [, dim = 0] = table.shape;
		const count = lengths.length;
		const data = new Float32Array(count * length * dim);
		const longest = Math.max(0, ...lengths);
		const cut = new BigInt64Array(count * longest);
		for (const row of lengths.keys()) cut.set(ids.subarray(row * length, row * length + longest), row * longest);
		if (cut.length > 0) {
			const model = await this.load();
			using rows = this.#engine.tensor(table.dtype, [count, longest, dim], await readRows(table, cut));
			using counts = this.#engine.tensor("int64", [count], BigInt64Array.from(lengths, BigInt));
			using positions = this.#engine.tensor("int64", [longest, longest], buckets(longest));
			const feeds = { rows, lengths: counts, buckets: positions };
			using embeddings = (await model.run(feeds, {}, signal ? { signal } : {})).embeddings as Tensor;
			for (const [row, valid] of lengths.entries()) {
				const from = row * longest * dim;
				data.set((embeddings.data as Float32Array).subarray(from, from + valid * dim), row * length * dim);
			}
		}
		return { data, shape: [count, length, dim], lengths };
	}

	/** Loads it. Errors: those of `Engine.model`. */
	async load(): Promise<Model> {
		const loading = this.#model ?? this.#open();
		this.#model = loading;
		try {
			return await loading;
		} catch (error) {
			if (this.#model === loading) this.#model = undefined;
			throw error;
		}
	}

	/** Frees the model; the next prompt loads it again. */
	async unload(): Promise<void> {
		const model = this.#model;
		this.#model = undefined;
		await (await model?.catch(() => undefined))?.[Symbol.asyncDispose]();
	}

	/** Frees everything. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.unload();
		await this.#own?.[Symbol.asyncDispose]();
	}

	#open(): Promise<Model> {
		const weights = this.#weights;
		const dtype = this.#engine.provider.dtype === "bfloat16" ? "bfloat16" : "float32";
		const bytes = weights.names.reduce((sum, name) => sum + weights.get(name).length, 0);
		// Optimising would widen every weight to fp32 when it is loaded: 18 GB.
		const large = bytes > LARGE;
		return this.#engine.model(drawUmt5(weights, { dtype }), { optimise: large ? "none" : "all", prepack: !large });
	}
}
