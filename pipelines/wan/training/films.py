"""Films of the world as batches of latents with captions, rendered while the model trains, each once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from latents import Latents
from world import ALLOWED, Look, caption, is_held_out, render, sample

# Frames of the oldest stream that a film begins in the middle of.
OLDEST = 3000
# Size that films are rendered at, half of what they stand for: rows and columns.
HALF = (128, 128)
# Colours from bright to dark.
BRIGHT = ("white", "yellow", "cyan", "orange", "green", "pink", "red", "purple", "blue", "black")


@dataclass
class Films:
    """
    latents [batch, frames, 16, rows, columns], keys [batch, 4], ids [batch, 2, length] of two texts, second [batch], the frame
    that the second one begins with, young [batch], whether the film is a stream's beginning.
    """

    latents: Tensor
    keys: Tensor
    ids: Tensor
    second: Tensor
    young: Tensor

    def texts(self, frame: int) -> Tensor:
        """Which text each film has at a frame, among [batch * 2] texts."""
        return torch.arange(len(self.second), device=self.second.device) * 2 + (self.second <= frame).long()

    def to(self, device: torch.device) -> "Films":
        """The same on a device."""
        return Films(*(getattr(self, field.name).to(device) for field in fields(self)))


class Filming(IterableDataset):
    """Batches without end. The same seed and worker give the same films."""

    def __init__(self, batch: int, frames: int, seed: int, folder: Path, ease: float = 0.0):
        self.batch, self.frames, self.seed = batch, frames, seed
        self.folder, self.ease = folder, ease

    def __iter__(self) -> Iterator[Films]:
        torch.set_num_threads(1)
        info = torch.utils.data.get_worker_info()
        rng = random.Random(f"{self.seed}/{info.id if info else 0}")
        codec = Latents.load(self.folder / "latents.safetensors")
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        while True:
            yield self._films(rng, codec, tokenizer)

    def _films(self, rng: random.Random, codec: Latents, tokenizer) -> Films:
        made, keys, texts, seconds, young = [], [], [], [], []
        for _ in range(self.batch):
            look, plain = sample(rng), rng.random() < self.ease
            if plain:
                look = easy(look, rng)
            key = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
            switch = rng.randint(2, self.frames - 2) if self.frames > 4 and rng.random() < 0.5 else self.frames
            is_young = self.frames == 1 or rng.random() < 0.6
            age = 0.0 if is_young else rng.uniform(0, OLDEST)
            other = changed(look, rng)
            parts = [(look, 4 * switch), (other, 4 * (self.frames - switch))]
            film = render([p for p in parts if p[1] > 0], key, HALF, age)
            made.append(codec.encode_half(film))
            keys.append(key)
            said = None if plain and rng.random() < 0.5 else rng
            texts += [caption(look, said), caption(other, rng)]
            seconds.append(switch)
            young.append(is_young)
        ids = torch.tensor([e.ids for e in tokenizer.encode_batch(texts)]).view(self.batch, 2, -1)
        return Films(torch.stack(made), torch.stack(keys), ids, torch.tensor(seconds), torch.tensor(young))


def easy(look: Look, rng: random.Random) -> Look:
    """
    The look with a figure brighter than its ground, three times of four on black. While grounds may be darker or brighter than
    figures, places say nothing about colours by themselves; so they do, and shapes are found soon.
    """
    if BRIGHT.index(look.figure) > BRIGHT.index(look.ground):
        look = replace(look, figure=look.ground, ground=look.figure)
    easier = replace(look, ground="black" if rng.random() < 0.75 else look.ground)
    return look if is_held_out(easier) else easier


def changed(look: Look, rng: random.Random) -> Look:
    """Another look: of a quarter of them one word differs, of a quarter the colours, of half whatever comes."""
    other = sample(rng)
    kind = rng.random()
    if kind < 0.5:
        return other
    if kind < 0.7:
        new = replace(look, figure=other.figure, ground=other.ground)
    elif kind < 0.9:
        new = replace(look, motion=rng.choice(ALLOWED[look.pattern]), speed=other.speed)
    else:
        new = replace(look, style=other.style)
    return other if is_held_out(new) else new


def filming(
    batch: int, frames: int, seed: int, folder: Path, ease: float = 0.0, workers: int = 1, device: torch.device | str = "cpu"
) -> Iterator[Films]:
    """Batches, made beside the training by processes of their own."""
    made = Filming(batch, frames, seed, folder, ease)
    for films in DataLoader(made, batch_size=None, num_workers=workers, prefetch_factor=4):
        yield films.to(torch.device(device))
