"""A stream as it is made when it is played: a few denoising steps a frame, and a closing pass that the cache remembers."""

import torch
from torch import Tensor

from positions import angles
from seeing import Cache

SIGMAS = (1.0, 0.5)


def noised(clean: Tensor, noise: Tensor, sigma: float) -> Tensor:
    """Flow matching's way from clean to noise (Lipman et al. 2023, arXiv 2210.02747)."""
    return (1 - sigma) * clean + sigma * noise


class Rollout:
    """Makes latents frame by frame, for a batch of streams whose stamps are [batch, channels, rows, columns]."""

    def __init__(self, model, stamp: Tensor):
        c = model.config
        self.model, self.stamp = model, stamp
        self.cache = Cache(c.layers, c.window)
        self.frame = 0

    def step(self, text, noise: list[Tensor], sigmas=SIGMAS, start: Tensor | None = None) -> Tensor:
        """
        The next frame's latents [batch, 16, rows, columns], remembered. text as the transformer reads it for one frame;
        noise, one for each sigma; start, a video's latents that lie under the first noise.
        """
        x = noise[0] if start is None else noised(start, noise[0], sigmas[0])
        for i, sigma in enumerate(sigmas):
            clean = self.look(x, sigma, text)
            if i + 1 < len(sigmas):
                x = noised(clean, noise[i + 1], sigmas[i + 1])
        self.close(clean, text)
        return clean

    def look(self, x: Tensor, sigma: float, text) -> Tensor:
        """What the model takes x for, as the next frame with so much noise. Nothing is remembered."""
        c = self.model.config
        batch, _, rows, columns = x.shape
        at = torch.tensor([self.frame])
        turns = angles(at, rows // c.patch, columns // c.patch, c.dim // c.heads // 2).to(x.device)
        level = torch.full((batch, 1), sigma, device=x.device)
        return self.model(x[:, None], self.stamp, level, text, turns, self.cache)[:, 0]

    def close(self, clean: Tensor, text) -> None:
        """Remembers a frame."""
        self.cache.keeps = True
        self.look(clean, 0.0, text)
        self.cache.keeps = False
        self.frame += 1
