"""What is trained over a model that stays as it is: where that model comes from, and the run."""

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

import checkpoint
from latents import Latents
from run import Training
from text import TextEncoder
from transformer import Transformer


class Base:
    """
    A model that stays as it is, on a device: a checkpoint of the trainer if one is named, else the files that are shipped.
    Its latents are for what is read from files, beside it.
    """

    def __init__(self, folder: Path, origin: str | None, device: torch.device | str):
        if origin:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.transformer, self.text = Transformer(), TextEncoder(self.tokenizer.get_vocab_size())
            checkpoint.load(folder / f"{origin}.pt", {"transformer": self.transformer, "text": self.text})
            self.latents = Latents.load(folder / "latents.safetensors")
        else:
            from shipped import load_shipped

            self.transformer, self.text, self.tokenizer, self.latents = load_shipped(folder)
        for module in (self.transformer, self.text):
            module.to(device).requires_grad_(False)

    def embedded(self, ids: torch.Tensor) -> torch.Tensor:
        """What texts' ids [texts, length] are, [texts, length, width]."""
        with torch.no_grad():
            return self.text(ids)


class Addition(Training):
    """The training of a single module."""

    def __init__(self, file: Path, options: argparse.Namespace, name: str, module: nn.Module):
        super().__init__(file, options, {name: module})

    def settle(self) -> None:
        """Gives the module its averaged weights: what is shipped."""
        checkpoint.load(self.file, self.modules)
