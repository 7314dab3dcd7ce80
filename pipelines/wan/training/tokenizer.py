"""The tokenizer: a Unigram model (Kudo 2018, arXiv 1804.10959) of whole words, as a Hugging Face tokenizer.json."""

import sys

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

LENGTH = 24
PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"


def build(words: list[str]) -> Tokenizer:
    """A tokenizer of these words. Whatever lies between known words becomes one unknown token."""
    vocab = [(PAD, 0.0), (END, 0.0), (UNKNOWN, 0.0), *((f"▁{word}", -5.0) for word in words)]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=2, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Lowercase(), normalizers.Replace(Regex("[^a-z0-9]+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single=f"$A {END}", special_tokens=[(END, 1)])
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in (PAD, END, UNKNOWN)])
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH, pad_id=0, pad_token=PAD)
    return tokenizer


def main() -> None:
    from world import vocabulary

    build(vocabulary()).save(sys.argv[1], pretty=False)


if __name__ == "__main__":
    main()
