"""Short clips of the world for the autoencoder: any look, viewpoint and age, half of them with a switch."""

from __future__ import annotations

import random

import torch
from torch import Tensor

from world import Look, render, sample

LATENT_FRAMES = 4
OLDEST = 2000
"""Frames that a stream may have run before the clip."""


def clip(rng: random.Random, size: int, frames: int, look: Look | None = None) -> tuple[Look, Tensor]:
    """The look it starts with, drawn if not given, and the clip [frames, 3, size, size] of 0 to 1."""
    first = look or sample(rng, held_out=None)
    shots = [(first, frames)]
    if rng.random() < 0.5 and frames > LATENT_FRAMES:
        cut = LATENT_FRAMES * rng.randrange(1, frames // LATENT_FRAMES)
        shots = [(first, cut), (sample(rng, held_out=None), frames - cut)]
    keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
    age = 0.0 if rng.random() < 0.4 else float(rng.randrange(OLDEST))
    return first, render(shots, keys, (size, size), age)


class Pool:
    """A few clips as bytes, of which `fresh` drawn anew replace the oldest at each step."""

    def __init__(self, seed: str, size: int, frames: int, count: int) -> None:
        self.rng = random.Random(seed)
        self.size, self.frames, self.count = size, frames, count
        self.clips: list[Tensor] = []
        self.due = 0.0

    def renew(self, fresh: float) -> None:
        """Draws `fresh` clips on average, or as many as are missing."""
        self.due += fresh
        while self.due >= 1 or len(self.clips) < self.count:
            self.due = max(0.0, self.due - 1)
            self.clips = self.clips[-self.count + 1 :]
            self.clips.append((clip(self.rng, self.size, self.frames)[1] * 255).round().byte())

    def crops(self, count: int, frames: int, size: int) -> Tensor:
        """Random parts of clips, each another, at whole latents: [count, frames, 3, size, size] of 0 to 1."""
        parts = []
        for whole in self.rng.sample(self.clips, count):
            t = LATENT_FRAMES * self.rng.randint(0, (self.frames - frames) // LATENT_FRAMES)
            y, x = (8 * self.rng.randint(0, (self.size - size) // 8) for _ in range(2))
            parts.append(whole[t : t + frames, :, y : y + size, x : x + size])
        return torch.stack(parts).float() / 255
