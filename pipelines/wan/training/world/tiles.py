"""Fixed periodic pictures of the plane, 2 half-sides wide, for what no few sines can draw."""

from __future__ import annotations

import functools
import math

import torch
from torch import Tensor

_SIDE = 192


def _points(across: int, jitter: float, seed: int) -> Tensor:
    """Points [across^2, 3] on a jittered grid of the tile, with a third number in 0..1 each."""
    generator = torch.Generator().manual_seed(seed)
    cell = torch.arange(across, dtype=torch.float32)
    base = torch.stack(torch.meshgrid(cell, cell, indexing="xy"), -1).reshape(-1, 2)
    noise = torch.rand(across * across, 3, generator=generator)
    at = (base + 0.5 + jitter * (noise[:, :2] - 0.5)) * (2 / across) - 1
    return torch.cat((at, noise[:, 2:]), 1)


def _plane() -> tuple[Tensor, Tensor]:
    line = torch.linspace(-1, 1, _SIDE + 1)
    return line[None, :], line[:, None]


def _apart(points: Tensor) -> tuple[Tensor, Tensor]:
    """dx [P, 1, N+1] and dy [P, N+1, 1] from every point, the shortest way round the tile."""
    x, y = _plane()
    dx = (x - points[:, 0, None, None] + 1).remainder(2) - 1
    dy = (y - points[:, 1, None, None] + 1).remainder(2) - 1
    return dx, dy


def _cells() -> Tensor:
    dx, dy = _apart(_points(3, 0.6, 5))
    near = torch.hypot(dx, dy).topk(2, dim=0, largest=False).values
    return ((near[1] - near[0]) * 4.2 - 0.5).clamp(-1, 1)


def _stars() -> Tensor:
    points = _points(3, 0.7, 11)
    dx, dy = _apart(points)
    spread = (dx.abs().add(1e-4) ** 0.7 + dy.abs().add(1e-4) ** 0.7) ** (1 / 0.7)
    size = 0.13 + 0.17 * points[:, 2, None, None]
    return ((size - spread) * 6).amax(0).clamp(-1, 1)


def _noise(modes: list[tuple[int, int]], power: float, seed: int) -> Tensor:
    """Smooth noise of about -1..1 from whole numbers of waves across the tile."""
    generator = torch.Generator().manual_seed(seed)
    x, y = _plane()
    out = torch.zeros(_SIDE + 1, _SIDE + 1)
    for n, m in modes:
        phase = float(torch.rand((), generator=generator)) * 2 * math.pi
        out += math.hypot(n, m) ** -power * torch.sin(math.pi * (n * x + m * y) + phase)
    return out / (2 * out.std())


def _clouds() -> Tensor:
    modes = [(n, m) for n in range(3) for m in range(-3, 4) if n > 0 or m > 0]
    return _noise(modes, 1.1, 3)


def _fire() -> Tensor:
    modes = [(n, m) for n in (1, 2, 3, 4) for m in (-1, 0, 1, 2)]
    return _noise(modes, 0.6, 8)


_MAKERS = {"cells": _cells, "stars": _stars, "clouds": _clouds, "fire": _fire}


@functools.cache
def tile(name: str, device: torch.device) -> Tensor:
    """[193, 193], about -1..1; coordinates -1..1 along each side."""
    return _MAKERS[name]().to(device)
