"""Batches that are drawn while a model trains, each once, by processes of their own."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self, TypeVar

import torch
from tokenizers import Tokenizer
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from latents import Latents


@dataclass
class Batch:
    """Tensors that belong together."""

    def to(self, device: torch.device | str) -> Self:
        """The same on a device."""
        return type(self)(*(getattr(self, field.name).to(device) for field in fields(self)))


Drawn = TypeVar("Drawn", bound=Batch)
# What draws a batch: by chance, as latents, with texts as ids.
Draw = Callable[[random.Random, Latents, Tokenizer], Drawn]


class Drawing(IterableDataset):
    """Batches without end. The same seed and worker give the same ones."""

    def __init__(self, draw: Draw, seed: str, folder: Path):
        self.draw, self.seed, self.folder = draw, seed, folder

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        info = get_worker_info()
        rng = random.Random(f"{self.seed}/{info.id if info else 0}")
        codec = Latents.load(self.folder / "latents.safetensors")
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        while True:
            yield self.draw(rng, codec, tokenizer)


def drawing(draw: Draw[Drawn], seed: str, folder: Path, workers: int, device: torch.device | str) -> Iterator[Drawn]:
    """
    Batches on a device, drawn by so many processes, or by this one if there are none, with the codec and the tokenizer that lie
    in the folder.
    """
    ahead = 4 if workers else None
    for batch in DataLoader(Drawing(draw, seed, folder), batch_size=None, num_workers=workers, prefetch_factor=ahead):
        yield batch.to(device)
