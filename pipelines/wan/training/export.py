"""A checkpoint, the latents, the autoencoder and the words into the folder that is shipped."""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

import checkpoint
from shipped import save_shipped
from text import TextEncoder
from transformer import Transformer
from world.export import words


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True, help="of checkpoints")
    parser.add_argument("--name", default="streams")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.folder / "tokenizer.json"))
    transformer, text = Transformer(), TextEncoder(tokenizer.get_vocab_size())
    print(checkpoint.load(options.folder / f"{options.name}.pt", {"transformer": transformer, "text": text}))
    save_shipped(options.out, transformer, text)
    for name in ("tokenizer.json", "latents.safetensors"):
        shutil.copyfile(options.folder / name, options.out / name)
    autoencoder = load_file(options.folder / "tae.safetensors")
    save_file({k: v.half() for k, v in autoencoder.items()}, options.out / "tae.safetensors")
    (options.out / "words.json").write_text(json.dumps(words(), indent="\t") + "\n")


if __name__ == "__main__":
    main()
