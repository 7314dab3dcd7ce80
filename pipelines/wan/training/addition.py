"""What is trained over a model that stays as it is: where that model comes from, and the run."""

import argparse
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

import checkpoint
from latents import Latents
from optimiser import Optimiser
from run import Run
from text import TextEncoder
from transformer import Transformer


class Base:
    """A model that stays as it is: a checkpoint of the trainer if one is named, else the files that are shipped."""

    def __init__(self, folder: Path, origin: str | None):
        if origin:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.transformer, self.text = Transformer(), TextEncoder(self.tokenizer.get_vocab_size())
            checkpoint.load(folder / f"{origin}.pt", {"transformer": self.transformer, "text": self.text})
            self.latents = Latents.load(folder / "latents.safetensors")
        else:
            from shipped import load_shipped

            self.transformer, self.text, self.tokenizer, self.latents = load_shipped(folder)
        for module in (self.transformer, self.text):
            module.requires_grad_(False)

    def embedded(self, ids: torch.Tensor) -> torch.Tensor:
        """What texts' ids [texts, length] are, [texts, length, width]."""
        with torch.no_grad():
            return self.text(ids)


class Addition(Run):
    """A run of a single module, which goes on where its checkpoint left off."""

    def __init__(self, file: Path, options: argparse.Namespace, name: str, module: nn.Module):
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self.options, self.file = options, file
        self.modules = {name: module.train()}
        self.optimiser = Optimiser(self.modules, options.rate)
        self.progress = {"steps": 0, "minutes": 0.0, "films": 0}
        if file.exists():
            self.progress = checkpoint.load(file, self.modules, self.optimiser)
        self.began = self.saved = time.monotonic()
        self.before = self.progress["minutes"]
        self.seed = options.seed + self.progress["steps"]
        self.costs: list[dict[str, float]] = []

    def settle(self) -> None:
        """Gives the module its averaged weights: what is shipped."""
        checkpoint.load(self.file, self.modules)
