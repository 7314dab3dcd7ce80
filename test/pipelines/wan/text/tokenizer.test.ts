import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Tokenizer } from "../../../../pipelines/wan/text/tokenizer.ts";

/**
 * A vocabulary of 600 pieces that SentencePiece 0.2 trained with byte fallback and a character map of its own, as
 * tokenizer.json of the `tokenizers` package 0.23, and the ids that package gives.
 */
const file = new URL("./fixtures/unigram.tokenizer.json", import.meta.url).pathname;
const json = JSON.parse(readFileSync(file, "utf8"));
const cases: { text: string; ids: number[] }[] = JSON.parse(
	readFileSync(new URL("./fixtures/unigram.ids.json", import.meta.url), "utf8"),
);

test.each(cases)("$text gives the ids that Hugging Face's tokenizers give", async ({ text, ids }) => {
	const tokenizer = await Tokenizer.open(file);
	expect(tokenizer.encode(text)).toEqual(ids);
});

test("an empty prompt is only the end mark", async () => {
	expect((await Tokenizer.open(file)).batch([""], 4)).toEqual({
		ids: BigInt64Array.of(1n, 0n, 0n, 0n),
		lengths: [1],
		length: 4,
	});
});

test("a prompt that is too long keeps its end mark", async () => {
	const tokenizer = await Tokenizer.open(file);
	const { ids, lengths } = tokenizer.batch(["a red fox running ".repeat(50), "fox"], 16);
	expect(lengths[0]).toBe(16);
	expect(ids[15]).toBe(1n);
	expect(ids[16 + (lengths[1] ?? 0) - 1]).toBe(1n);
	expect(ids.subarray(16 + (lengths[1] ?? 0)).every((id) => id === 0n)).toBe(true);
});

test("what is not a tokenizer is refused with the reason", async () => {
	await expect(Tokenizer.open(`${file}.missing`)).rejects.toMatchObject({ code: "tokenizer/invalid" });
	expect(() => new Tokenizer({ ...json, model: { type: "BPE", vocab: {} } })).toThrow(/BPE/);
	expect(() => new Tokenizer({ ...json, normalizer: { type: "Unheard" } })).toThrow(/Unheard/);
	expect(() => new Tokenizer({ ...json, pre_tokenizer: { type: "Unheard" } })).toThrow(/Unheard/);
	expect(() => new Tokenizer({ ...json, post_processor: { type: "Unheard" } })).toThrow(/Unheard/);
});
