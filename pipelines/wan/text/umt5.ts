import { type Engine, type Model, type Tensor, Weights } from "mutoscope/inference";
import { cleanPrompt } from "./clean.ts";
import { Tokenizer, type Tokens } from "./tokenizer.ts";
import { buckets } from "./umt5/buckets.ts";
import { drawUmt5 } from "./umt5/graph.ts";
import { wanNames } from "./umt5/names.ts";
import { readRows } from "./umt5/table.ts";

/** Weights beyond this many bytes are used as they lie in the file, not widened or laid out anew in memory. */
const LARGE = 1 << 30;

/** Tokens that the transformer looks at for each prompt. */
const TEXT_LENGTH = 512;

/** How the text encoder is opened. */
export interface Umt5Options {
	/** Path of tokenizer.json. */
	readonly tokenizer: string;
	/** Path of the weights: Wan's layout in any float type, or Hugging Face's. */
	readonly weights: string | readonly string[];
	/** Tokens of each prompt's embedding. Default 512. */
	readonly length?: number;
	/** Whether the model stays loaded between prompts; otherwise each prompt loads its 6 to 11 GB again. Default true. */
	readonly keep?: boolean;
}

/** Prompts as the transformer sees them. */
export interface Embeddings {
	/** float32 [prompts, length, dim]; zero after each prompt's end. */
	readonly data: Float32Array;
	readonly shape: readonly [prompts: number, length: number, dim: number];
	/** How many tokens of each prompt count. */
	readonly lengths: readonly number[];
}

/** Prompts → embeddings: cleaning, tokens, and the encoder UMT5-XXL. The model is loaded with the first prompt. */
export class Umt5 implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #tokenizer: Tokenizer;
	readonly #weights: Weights;
	readonly #length: number;
	readonly #keep: boolean;
	#model: Promise<Model> | undefined;

	private constructor(engine: Engine, tokenizer: Tokenizer, weights: Weights, { length, keep }: Umt5Options) {
		this.#engine = engine;
		this.#tokenizer = tokenizer;
		this.#weights = weights;
		this.#length = length ?? TEXT_LENGTH;
		this.#keep = keep ?? true;
	}

	/** Reads the tokenizer and where the weights lie. Errors: `tokenizer/invalid`, `weight/file`. */
	static async open(engine: Engine, options: Umt5Options): Promise<Umt5> {
		const tokenizer = await Tokenizer.open(options.tokenizer);
		return new Umt5(engine, tokenizer, wanNames(await Weights.open(options.weights)), options);
	}

	/** Loads the model, so that the first prompt is quick. Errors: those of `Engine.model`. */
	async load(): Promise<void> {
		await this.#loaded();
	}

	/** Cleans and encodes prompts, all in one run. An empty prompt is its end mark alone. */
	async encode(prompts: readonly string[], signal?: AbortSignal): Promise<Embeddings> {
		const tokens = this.#tokenizer.batch(prompts.map(cleanPrompt), this.#length);
		return await this.encodeTokens(tokens, signal);
	}

	/** Encodes tokens. Only as many of each row are run as the longest prompt has. */
	async encodeTokens(tokens: Tokens, signal?: AbortSignal): Promise<Embeddings> {
		const { lengths } = tokens;
		const table = this.#weights.get("token_embedding.weight");
		const [, dim = 0] = table.shape;
		const data = new Float32Array(lengths.length * this.#length * dim);
		const shape = [lengths.length, this.#length, dim] as const;
		if (lengths.length === 0) return { data, shape, lengths };
		const longest = Math.max(...lengths);
		const ids = new BigInt64Array(lengths.length * longest);
		for (const row of lengths.keys()) {
			ids.set(tokens.ids.subarray(row * tokens.length, row * tokens.length + longest), row * longest);
		}
		const model = await this.#loaded();
		try {
			const rows = await readRows(table, ids);
			using embedded = this.#engine.tensor(table.dtype, [lengths.length, longest, dim], rows);
			using counts = this.#engine.tensor("int64", [lengths.length], BigInt64Array.from(lengths, BigInt));
			using positions = this.#engine.tensor("int64", [longest, longest], buckets(longest));
			const feeds = { rows: embedded, lengths: counts, buckets: positions };
			const { embeddings } = await model.run(feeds, {}, signal ? { signal } : {});
			using result = embeddings as Tensor;
			for (const [row, count] of lengths.entries()) {
				const from = row * longest * dim;
				const valid = (result.data as Float32Array).subarray(from, from + count * dim);
				data.set(valid, row * this.#length * dim);
			}
		} finally {
			if (!this.#keep) await this.unload();
		}
		return { data, shape, lengths };
	}

	/** Frees the model; the next prompt loads it again. */
	async unload(): Promise<void> {
		const model = this.#model;
		this.#model = undefined;
		await (await model?.catch(() => undefined))?.[Symbol.asyncDispose]();
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.unload();
	}

	#loaded(): Promise<Model> {
		if (!this.#model) {
			const loading = this.#load();
			this.#model = loading;
			loading.catch(() => {
				if (this.#model === loading) this.#model = undefined;
			});
		}
		return this.#model;
	}

	#load(): Promise<Model> {
		const weights = this.#weights;
		const dtype = this.#engine.provider.dtype === "bfloat16" ? "bfloat16" : "float32";
		const bytes = weights.names.reduce((sum, name) => sum + weights.get(name).length, 0);
		// Optimising would widen every weight to fp32 when it is loaded: 18 GB.
		const large = bytes > LARGE;
		return this.#engine.model(drawUmt5(weights, { dtype }), { optimise: large ? "none" : "all", prepack: !large });
	}
}
