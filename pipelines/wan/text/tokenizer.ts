import { readFile } from "node:fs/promises";
import { MutoscopeError, reasonOf } from "mutoscope/sdk";
import { type AddedToken, added, type Stretch } from "./tokenizer/added.ts";
import { type Normaliser, normaliser, type Part } from "./tokenizer/normaliser.ts";
import { Unigram } from "./tokenizer/unigram.ts";
import { type Words, words } from "./tokenizer/words.ts";

/** Token ids of several prompts, each padded to the same length. */
export interface Tokens {
	/** [prompts, length], row after row. */
	readonly ids: BigInt64Array;
	/** How many ids of each prompt are not padding, the end mark counted. */
	readonly lengths: readonly number[];
	readonly length: number;
}

interface TokenizerJson {
	readonly added_tokens?: readonly AddedToken[] | null;
	readonly normalizer?: Part | null;
	readonly pre_tokenizer?: Part | null;
	readonly post_processor?: Part | null;
	readonly model: {
		readonly type?: string;
		readonly vocab: readonly (readonly [string, number])[];
		readonly unk_id?: number | null;
		readonly byte_fallback?: boolean;
	};
}

/** A step of the template by which a tokenizer.json puts special tokens around a text. */
interface TemplateStep {
	readonly SpecialToken?: { readonly id: string };
}

/** The id of padding in T5's vocabularies. */
const PADDING = 0n;

/**
 * Text → token ids of a Unigram model, as the file tokenizer.json describes it (Hugging Face tokenizers).
 *
 * Own code rather than `@huggingface/tokenizers`, whose Unigram knows no byte fallback, whose character map is an
 * approximation, and which takes a second and 240 MB for a quarter of a million pieces.
 */
export class Tokenizer {
	readonly #model: Unigram;
	readonly #normalise: Normaliser;
	readonly #words: Words;
	readonly #findRaw: (text: string) => Stretch[];
	readonly #findNormalised: (text: string) => Stretch[];
	readonly #before: readonly number[];
	readonly #after: readonly number[];

	/** Errors: `tokenizer/invalid`. */
	constructor(json: TokenizerJson) {
		const { model } = json;
		if ((model.type ?? "Unigram") !== "Unigram" || !Array.isArray(model.vocab)) {
			throw new MutoscopeError("tokenizer/invalid", { reason: `its model is ${model.type}, not Unigram` });
		}
		this.#model = new Unigram({
			vocab: model.vocab,
			unknown: model.unk_id ?? 0,
			bytes: model.byte_fallback ?? false,
		});
		this.#normalise = normaliser(json.normalizer);
		this.#words = words(json.pre_tokenizer);
		const tokens = json.added_tokens ?? [];
		this.#findRaw = added(tokens.filter(({ normalized }) => !normalized));
		this.#findNormalised = added(tokens.filter(({ normalized }) => normalized));
		[this.#before, this.#after] = template(json.post_processor);
	}

	/** Reads tokenizer.json. Errors: `tokenizer/invalid`. */
	static async open(file: string): Promise<Tokenizer> {
		try {
			return new Tokenizer(JSON.parse(await readFile(file, "utf8")));
		} catch (error) {
			if (error instanceof MutoscopeError) throw error;
			throw new MutoscopeError("tokenizer/invalid", { reason: reasonOf(error) });
		}
	}

	/** The ids of a text with the special tokens around it, cut to at most `limit` of them. */
	encode(text: string, limit = Number.POSITIVE_INFINITY): number[] {
		const ids = this.#findRaw(text).flatMap((stretch, i) => {
			if (typeof stretch === "number") return stretch;
			return this.#findNormalised(this.#normalise(stretch)).flatMap((part, j) =>
				typeof part === "number"
					? part
					: this.#words(part, i === 0 && j === 0).flatMap((word) => this.#model.encode(word)),
			);
		});
		const room = Math.max(0, limit - this.#before.length - this.#after.length);
		return [...this.#before, ...ids.slice(0, room), ...this.#after];
	}

	/** The ids of several prompts, each cut and padded to `length`. */
	batch(texts: readonly string[], length: number): Tokens {
		const ids = new BigInt64Array(texts.length * length).fill(PADDING);
		const lengths = texts.map((text, row) => {
			const encoded = this.encode(text, length);
			ids.set(encoded.map(BigInt), row * length);
			return encoded.length;
		});
		return { ids, lengths, length };
	}
}

/** Ids that stand before and after a text. */
function template(part: Part | null | undefined): [number[], number[]] {
	if (!part) return [[], []];
	if (part.type !== "TemplateProcessing") {
		throw new MutoscopeError("tokenizer/invalid", { reason: `its post-processor ${part.type} is not known here` });
	}
	const special = part.special_tokens as Record<string, { readonly ids: readonly number[] }>;
	const steps = part.single as readonly TemplateStep[];
	const text = steps.findIndex(({ SpecialToken }) => !SpecialToken);
	const idsOf = (some: readonly TemplateStep[]) =>
		some.flatMap(({ SpecialToken }) => special[SpecialToken?.id ?? ""]?.ids ?? []);
	return [idsOf(steps.slice(0, text)), idsOf(steps.slice(text + 1))];
}
