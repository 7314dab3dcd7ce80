"""From a field to a picture: how much of the figure's and of the ground's colour each sample gets."""

from __future__ import annotations

import torch
from torch import Tensor

from .look import COLOURS, Look
from .plane import View

# Patterns whose edges are wide by nature: what their sharpness is at any size.
_SOFT = {"plasma": 4.5, "clouds": 4.0, "fire": 7.0}
_WIDE = 2.6


def _sharpness(look: Look, short: int) -> float:
    """Of the sigmoid over a field: edges stay some 2.5 pixels wide, at 256 and at less."""
    sharp = 24 * short / 256
    if look.style == "soft":
        return min(_WIDE, _SOFT.get(look.pattern, _WIDE))
    if look.style == "ink":
        return 2 * sharp
    if look.style == "pixel":
        return 8.0
    return min(sharp, _SOFT.get(look.pattern, sharp))


def _vignette(seen: View) -> Tensor:
    """[H, W]: 1 in the middle of the screen, .6 in a corner."""
    square = (seen.xs / seen.xs.abs().max()) ** 2 + (seen.ys / seen.ys.abs().max())[:, None] ** 2
    return 1 - 0.2 * square


def _wobble(seen: View) -> Tensor:
    """What a hand adds to an edge, [H, W]: fixed to the world, slow."""
    qx, qy = seen.world()
    across = torch.sin(7.3 * qx + 1.9 * torch.sin(4.1 * qy))
    return 0.22 * across * torch.sin(6.7 * qy + 1.7 * torch.sin(3.9 * qx))


def shares(look: Look, field: Tensor, seen: View, short: int) -> tuple[Tensor, Tensor]:
    """How much of the figure's and of the ground's colour each sample has, each [F, H, W]. Uses the field up."""
    sharp = _sharpness(look, short)
    if look.style == "neon":
        glow = (field * (1 / 0.5)).square_().neg_().exp_()
        inside = torch.sigmoid(field.mul_(sharp)).mul_(0.2)
        figure = inside.add_(glow).clamp_(max=1)
        return figure, (1 - figure).mul_(0.2)
    if look.style == "ink":
        field.add_(_wobble(seen))
        outlined = torch.sigmoid((field + 0.4).mul_(sharp))
        return torch.sigmoid(field.mul_(sharp)), outlined.neg_().add_(1)
    mask = torch.sigmoid(field * sharp)
    light = field.clamp_(0, 1).mul_(0.26).add_(0.74)
    ground = (1 - mask).mul_(_vignette(seen))
    return mask.mul_(light), ground


def paint(look: Look, field: Tensor, seen: View, short: int) -> Tensor:
    """Colours the field [F, H, W], which it uses up -> [F, 3, H, W] in 0..1."""
    figure, ground = shares(look, field, seen, short)
    out = field.new_empty(len(field), 3, *field.shape[1:])
    for channel, (here, there) in enumerate(zip(COLOURS[look.figure], COLOURS[look.ground], strict=True)):
        torch.mul(ground, there, out=out[:, channel]).add_(figure, alpha=here)
    return out
