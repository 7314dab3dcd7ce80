"""Films of the world as batches of latents with captions, rendered while the model trains, each once."""

import random
from dataclasses import dataclass, replace

import torch
from tokenizers import Tokenizer
from torch import Tensor

from batches import Batch
from latents import Latents
from world import ALLOWED, Look, caption, is_held_out, render, sample

# Frames of the oldest stream that a film begins in the middle of.
OLDEST = 3000
# Size that films are rendered at, half of what they stand for: rows and columns.
HALF = (128, 128)
# Colours from bright to dark.
BRIGHT = ("white", "yellow", "cyan", "orange", "green", "pink", "red", "purple", "blue", "black")


@dataclass
class Films(Batch):
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


def filmed(rng: random.Random, codec: Latents, tokenizer: Tokenizer, batch: int, frames: int, ease: float) -> Films:
    """A batch of films. ease: the share of them whose looks are easy, half of these with every word said."""
    made, keys, texts, seconds, young = [], [], [], [], []
    for _ in range(batch):
        look, plain = sample(rng), rng.random() < ease
        if plain:
            look = easy(look, rng)
        key = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
        switch = rng.randint(2, frames - 2) if frames > 4 and rng.random() < 0.5 else frames
        is_young = frames == 1 or rng.random() < 0.6
        age = 0.0 if is_young else rng.uniform(0, OLDEST)
        other = changed(look, rng)
        parts = [(look, 4 * switch), (other, 4 * (frames - switch))]
        film = render([p for p in parts if p[1] > 0], key, HALF, age)
        made.append(codec.encode_half(film))
        keys.append(key)
        said = None if plain and rng.random() < 0.5 else rng
        texts += [caption(look, said), caption(other, rng)]
        seconds.append(switch)
        young.append(is_young)
    ids = torch.tensor([e.ids for e in tokenizer.encode_batch(texts)]).view(batch, 2, -1)
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
