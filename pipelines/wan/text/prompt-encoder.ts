import type { Engine } from "mutoscope/inference";
import { cleanPrompt } from "./clean.ts";
import { Tokenizer } from "./tokenizer.ts";
import { type Embeddings, Umt5Encoder } from "./umt5/encoder.ts";

/** Tokens that the transformer looks at for each prompt. */
const TEXT_LENGTH = 512;

/** How the text encoder is opened. */
export interface PromptEncoderOptions {
	/** Path of tokenizer.json. */
	readonly tokenizer: string;
	/** Path of UMT5's weights: Wan's layout in any float type, or Hugging Face's. */
	readonly weights: string | readonly string[];
	/** Tokens of each prompt's embedding. Default 512. */
	readonly length?: number;
	/** Whether the model stays loaded between prompts; otherwise each prompt loads its 6 to 11 GB again. Default true. */
	readonly keep?: boolean;
}

/** Prompts → embeddings: cleaning, tokens, and UMT5's encoder, which is loaded with the first prompt. */
export class PromptEncoder implements AsyncDisposable {
	readonly #tokenizer: Tokenizer;
	readonly #encoder: Umt5Encoder;
	readonly #length: number;
	readonly #keep: boolean;

	private constructor(tokenizer: Tokenizer, encoder: Umt5Encoder, { length, keep }: PromptEncoderOptions) {
		this.#tokenizer = tokenizer;
		this.#encoder = encoder;
		this.#length = length ?? TEXT_LENGTH;
		this.#keep = keep ?? true;
	}

	/** Reads the tokenizer and where the weights lie. Errors: `tokenizer/invalid`, `weight/file`. */
	static async open(engine: Engine, options: PromptEncoderOptions): Promise<PromptEncoder> {
		const tokenizer = await Tokenizer.open(options.tokenizer);
		return new PromptEncoder(tokenizer, await Umt5Encoder.open(engine, options.weights), options);
	}

	/** Loads the model, so that the first prompt is quick. Errors: those of `Engine.model`. */
	async load(): Promise<void> {
		await this.#encoder.load();
	}

	/** Cleans and encodes prompts, all in one run. An empty prompt is its end mark alone. */
	async encode(prompts: readonly string[], signal?: AbortSignal): Promise<Embeddings> {
		try {
			return await this.#encoder.encode(this.#tokenizer.batch(prompts.map(cleanPrompt), this.#length), signal);
		} finally {
			if (!this.#keep) await this.#encoder.unload();
		}
	}

	/** Frees the model. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.#encoder[Symbol.asyncDispose]();
	}
}
