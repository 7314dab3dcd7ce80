"""The plane that patterns lie in, seen by a screen from one viewpoint."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from .phases import Phases

SHIFT, SCALE, TURN = 0.3, 0.25, 0.35


@dataclass(frozen=True)
class View:
    """A screen's sample points and where they lie in the world.

    xs [W], ys [H]: screen coordinates from the centre, y down, half the short side = 1. keys: k0..k3 in
    -1..1, the same that the model is stamped with.
    """

    xs: Tensor
    ys: Tensor
    keys: tuple[float, float, float, float]

    @property
    def spin(self) -> float:
        return -TURN * self.keys[3]

    @property
    def stretch(self) -> float:
        return math.exp(SCALE * self.keys[2])

    def affine(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Rows (x, y, 1) -> qx and qy."""
        c, s = math.cos(self.spin) / self.stretch, math.sin(self.spin) / self.stretch
        x, y = SHIFT * self.keys[0], SHIFT * self.keys[1]
        return (c, -s, -c * x + s * y), (s, c, -s * x - c * y)

    def world(self) -> tuple[Tensor, Tensor]:
        """qx and qy, each [H, W]."""
        rows = self.affine()
        qx, qy = (row[0] * self.xs[None, :] + (row[1] * self.ys + row[2])[:, None] for row in rows)
        return qx, qy


def view(size: tuple[int, int], keys: Tensor, blocks: int | None = None) -> View:
    """Looks at every pixel's centre, or at the centres of square blocks, so many along the short side."""
    height, width = size
    short = min(size)
    step = 1.0 if blocks is None else short / blocks
    k0, k1, k2, k3 = keys.tolist()

    def centres(length: int) -> Tensor:
        count = math.ceil(length / step - 1e-6)
        at = (torch.arange(count, device=keys.device, dtype=torch.float32) + 0.5) * step
        return (at - length / 2) / (short / 2)

    return View(centres(width), centres(height), (k0, k1, k2, k3))


@dataclass(frozen=True)
class Lattice:
    """A moved plane in F frames. rows [F, 2, 3]: (x, y, 1) on the screen -> its coordinates u and v."""

    view: View
    rows: Tensor

    def waves(self, *terms: tuple[float, float, float, float]) -> Tensor:
        """The sum of amplitude * sin(ku u + kv v + offset), [F, H, W]: a product of narrow matrices, since
        sin(a + b) = sin a cos b + cos a sin b."""
        down, across = [], []
        for amplitude, ku, kv, offset in terms:
            row = ku * self.rows[:, 0] + kv * self.rows[:, 1]
            x = row[:, :1] * self.view.xs
            y = row[:, 1:2] * self.view.ys + (row[:, 2:] + offset)
            down += [amplitude * torch.sin(y), amplitude * torch.cos(y)]
            across += [torch.cos(x), torch.sin(x)]
        return torch.bmm(torch.stack(down, 2), torch.stack(across, 1))

    def linear(self, ku: float, kv: float) -> Tensor:
        """ku u + kv v, [F, H, W]."""
        row = ku * self.rows[:, 0] + kv * self.rows[:, 1]
        return (row[:, :1] * self.view.xs)[:, None, :] + (row[:, 1:2] * self.view.ys + row[:, 2:])[:, :, None]

    def tile(self, tile: Tensor) -> Tensor:
        """A periodic picture [N+1, N+1] of u, v in -1..1 (its last row and column repeat the first)."""
        grid = torch.stack((self.linear(1, 0), self.linear(0, 1)), 3)
        grid.add_(1).remainder_(2).sub_(1)
        source = tile[None, None].expand(len(grid), 1, -1, -1)
        return functional.grid_sample(source, grid, align_corners=True)[:, 0]


def lattice(seen: View, phases: list[Phases], octave: int) -> Lattice:
    """The plane as moved by F phases. octave: 0 the one that is shown, 1 the next finer one."""
    across, along = seen.affine()
    rows = []
    for phase in phases:
        c, s = math.cos(phase.turn), -math.sin(phase.turn)
        size = 2.0 ** (phase.zoom - octave)
        du, dv = phase.far if octave else phase.near
        u = [(c * a - s * b) / size for a, b in zip(across, along, strict=True)]
        v = [(s * a + c * b) / size for a, b in zip(across, along, strict=True)]
        rows.append([[u[0], u[1], u[2] - du], [v[0], v[1], v[2] - dv]])
    return Lattice(seen, torch.tensor(rows, device=seen.xs.device, dtype=torch.float32))
