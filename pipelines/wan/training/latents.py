"""The latents: 4 frames x 8 x 8 pixels as 16 numbers, by a linear map fitted once. They are the definition
that the transformer, the decoder and the encoder are all trained to, so that none has to wait for another.

Full pictures are averaged over 2 x 2 pixels first: training renders at half the size and has the latents of
the full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

FRAMES = 4
CHANNELS = 16
HALF = 4
"""Side of a block in pixels at half the size."""

LENGTH = 3 * FRAMES * HALF * HALF


def blocks(frames: Tensor) -> Tensor:
    """Half-size frames [..., 4 T, 3, H/2, W/2] -> vectors [..., T, H/8, W/8, 192], ordered colour, frame,
    row, column.
    """
    cut = frames.unflatten(-4, (-1, FRAMES)).unflatten(-1, (-1, HALF)).unflatten(-3, (-1, HALF))
    # [..., T, frame, colour, rows, row, columns, column]
    order = [-7, -4, -2, -5, -6, -3, -1]
    lead = list(range(cut.dim() - 7))
    return cut.permute(lead + [cut.dim() + axis for axis in order]).flatten(-4)


def unblocks(vectors: Tensor) -> Tensor:
    """The way back from `blocks`."""
    cut = vectors.unflatten(-1, (3, FRAMES, HALF, HALF))
    # [..., T, rows, columns, colour, frame, row, column]
    order = [-7, -3, -4, -6, -2, -5, -1]
    lead = list(range(cut.dim() - 7))
    joined = cut.permute(lead + [cut.dim() + axis for axis in order])
    return joined.flatten(-2).flatten(-3, -2).flatten(-5, -4)


@dataclass(frozen=True)
class Latents:
    """`mean` [192], `basis` [16, 192] with orthonormal rows, `scale` [16]: latents are scale * basis (vector
    - mean).
    """

    mean: Tensor
    basis: Tensor
    scale: Tensor

    def encode_half(self, frames: Tensor) -> Tensor:
        """Half-size frames [..., 4 T, 3, H/2, W/2] of 0 to 1 -> latents [..., T, 16, H/8, W/8]."""
        basis = self.basis * self.scale[:, None]
        return F.linear(blocks(frames), basis, -basis @ self.mean).movedim(-1, -3)

    def encode(self, frames: Tensor) -> Tensor:
        """Frames [..., 4 T, 3, H, W] of 0 to 1 -> latents [..., T, 16, H/8, W/8]."""
        return self.encode_half(F.avg_pool2d(frames.flatten(0, -4), 2).unflatten(0, frames.shape[:-3]))

    def decode_half(self, latents: Tensor) -> Tensor:
        """The linear way back: latents [..., T, 16, H/8, W/8] -> half-size frames [..., 4 T, 3, H/2, W/2]."""
        basis = (self.basis / self.scale[:, None]).T
        return unblocks(F.linear(latents.movedim(-3, -1), basis, self.mean))

    def to(self, device: torch.device | str) -> Latents:
        """The same on a device."""
        return Latents(self.mean.to(device), self.basis.to(device), self.scale.to(device))

    def save(self, file: Path) -> None:
        """Writes them as safetensors."""
        save_file({"mean": self.mean, "basis": self.basis.contiguous(), "scale": self.scale}, file)

    @staticmethod
    def load(file: Path) -> Latents:
        """Reads what `save` wrote."""
        return Latents(**load_file(file))


class Fit:
    """Gathers the first two moments of the vectors of clips, float64, and finds the 16 leading components."""

    def __init__(self) -> None:
        self.count = 0
        self.sum: Tensor | float = 0.0
        self.square: Tensor | float = 0.0

    def add(self, frames: Tensor) -> None:
        """Half-size frames [..., 4 T, 3, H/2, W/2]."""
        vectors = blocks(frames).flatten(0, -2)
        self.count += len(vectors)
        self.sum = self.sum + vectors.double().sum(0).cpu()
        self.square = self.square + (vectors.T @ vectors).double().cpu()

    def latents(self) -> Latents:
        """Component i has a deviation in proportion to the fourth root of its variance, and the 16 have an
        RMS of 1: with full whitening flow matching spends itself on tiny components, with none the fine ones
        drown in noise.
        """
        assert isinstance(self.sum, Tensor) and isinstance(self.square, Tensor)
        # One mean for each colour: a block has no place or moment of its own.
        mean = self.sum.unflatten(0, (3, -1)).mean(1) / self.count
        mean = mean.repeat_interleave(LENGTH // 3)
        outer = torch.outer(self.sum / self.count, mean)
        covariance = self.square / self.count - outer - outer.T + torch.outer(mean, mean)
        variances, vectors = torch.linalg.eigh(covariance)
        variance = variances.flip(0)[:CHANNELS]
        basis = vectors.flip(1)[:, :CHANNELS].T
        # An eigenvector has no sign: its largest entry is positive.
        largest = basis.gather(1, basis.abs().argmax(1, keepdim=True))
        basis = basis * largest.sign()
        deviation = variance**0.25
        scale = deviation / deviation.square().mean().sqrt() / variance.sqrt()
        return Latents(mean.float(), basis.float(), scale.float())


def psnr(ours: Tensor, theirs: Tensor) -> Tensor:
    """Of clips [N, F, 3, H, W] of 0 to 1: [N] in decibels."""
    return -10 * torch.log10((ours.clamp(0, 1) - theirs).square().flatten(1).mean(1) + 1e-10)


def check() -> None:
    """Cutting is undone, a full picture has the latents of its half, and what the basis can say comes back
    exactly.
    """
    frames = torch.rand(2, 8, 3, 16, 24, generator=torch.Generator().manual_seed(1))
    assert torch.equal(unblocks(blocks(frames)), frames)
    fit = Fit()
    fit.add(frames)
    latents = fit.latents()
    z = latents.encode_half(frames)
    assert z.shape == (2, 2, 16, 4, 6)
    doubled = frames.repeat_interleave(2, -1).repeat_interleave(2, -2)
    assert torch.allclose(latents.encode(doubled), z, atol=1e-5)
    assert torch.allclose(latents.encode_half(latents.decode_half(z)), z, atol=1e-4)
    assert abs(z.square().mean().sqrt() - 1) < 0.05


if __name__ == "__main__":
    check()
