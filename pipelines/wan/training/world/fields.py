"""Every pattern as a scalar field of about -1..1: the figure is where it is positive.

Sines are given by their period in half-sides. A field's slope at its zero is near 8 per half-side, so
that one sharpness and one glow suit all.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .phases import Phases
from .plane import Lattice, View, lattice
from .tiles import tile

_TAU = 2 * math.pi
_QUARTER = math.pi / 2


def _stripes(at: Lattice, level: bool) -> Tensor:
    k = _TAU / 0.85
    return at.waves((1, 0, k, _QUARTER) if level else (1, k, 0, _QUARTER))


def _checkers(at: Lattice) -> Tensor:
    k = _TAU / 1.15
    return at.waves((0.85, k, k, _QUARTER), (0.85, k, -k, _QUARTER)).clamp_(-1, 1)


def _grid(at: Lattice) -> Tensor:
    k = _TAU / 0.8
    across, along = at.waves((1.3, k, 0, _QUARTER)), at.waves((1.3, 0, k, _QUARTER))
    return torch.maximum(across, along, out=across).sub_(0.78).clamp_(-1, 1)


def _dots(at: Lattice) -> Tensor:
    k = _TAU / 0.85
    return at.waves((1, k, 0, _QUARTER), (1, 0, k, _QUARTER)).sub_(0.8).clamp_(-1, 1.2)


def _waves(at: Lattice) -> Tensor:
    k = _TAU / 0.72
    bend = at.waves((0.17 * k, _TAU / 1.3, 0, 0))
    return bend.add_(at.linear(0, k)).sin_()


def _plasma(at: Lattice) -> Tensor:
    first = at.waves((1.3, 0, 2.9, 0.4)).add_(at.linear(4.1, 0)).sin_()
    second = at.waves((1.2, 3.3, 0, 1.1)).add_(at.linear(0, 3.7)).sin_()
    return first.add_(second).mul_(0.8)


def _fire(at: Lattice) -> Tensor:
    _, height = at.view.world()
    flames = at.tile(tile("fire", at.view.xs.device))
    return flames.mul_(0.85).add_((1.15 * height - 0.1).clamp(-1.2, 1.1)).clamp_(-1, 1.2)


def _clouds(at: Lattice) -> Tensor:
    return at.tile(tile("clouds", at.view.xs.device)).mul_(1.3).clamp_(-1.1, 1.1)


def _tiled(name: str):
    return lambda at: at.tile(tile(name, at.view.xs.device))


_LATTICES = {
    "checkers": _checkers,
    "grid": _grid,
    "dots": _dots,
    "waves": _waves,
    "plasma": _plasma,
    "cells": _tiled("cells"),
    "stars": _tiled("stars"),
    "clouds": _clouds,
    "fire": _fire,
}

_SPARSE = ("grid", "dots", "stars")


def _travelling(amplitude: Tensor | float, angle: Tensor, phase: Tensor) -> Tensor:
    """amplitude * sin(angle - phase), angle [H, W], phase [F] -> [F, H, W]; no sine per frame."""
    s, c = (amplitude * torch.sin(angle)).flatten(), (amplitude * torch.cos(angle)).flatten()
    turned = torch.stack((torch.cos(phase), -torch.sin(phase)), 1) @ torch.stack((s, c))
    return turned.view(-1, *angle.shape)


def _rings(r: Tensor, a: Tensor, turn: Tensor, zoom: Tensor) -> Tensor:
    k = _TAU / 0.78
    return _travelling(1, k * r + _QUARTER, k * zoom)


def _spiral(r: Tensor, a: Tensor, turn: Tensor, zoom: Tensor) -> Tensor:
    return _travelling((r * 6).clamp(max=1), 2 * a - (_TAU / 0.85) * r, 2 * turn)


def _rays(r: Tensor, a: Tensor, turn: Tensor, zoom: Tensor) -> Tensor:
    return _travelling((r * 4).clamp(max=1), 6 * a, 6 * turn)


def _tunnel(r: Tensor, a: Tensor, turn: Tensor, zoom: Tensor) -> Tensor:
    rounds = _travelling(1.6, 3.6 * r.clamp(min=0.02).log(), zoom)
    fog = 1 - torch.exp(-((r / 0.22) ** 2))
    field = rounds.mul_(_travelling(1.0, 4 * a, 4 * turn))
    return field.mul_(fog).sub_(0.9 * (1 - fog)).clamp_(-1, 1)


def _kaleidoscope(r: Tensor, a: Tensor, turn: Tensor, zoom: Tensor) -> Tensor:
    k = _TAU / 0.95
    rings = _travelling(0.75, k * r + _QUARTER, zoom)
    inner = r * r / (r * r + 0.06)
    petals = _travelling(inner, 6 * a + _QUARTER, 6 * turn)
    return rings.add_(petals.mul_(_travelling(0.9, 0.5 * k * r, 0.5 * zoom)))


_CENTRED = {
    "rings": _rings,
    "spiral": _spiral,
    "rays": _rays,
    "tunnel": _tunnel,
    "kaleidoscope": _kaleidoscope,
}


def _diamonds(seen: View, phases: list[Phases], zoom: Tensor) -> Tensor:
    k = _TAU / 1.1
    still = all(phase.turn == 0 for phase in phases)
    at = lattice(seen, [Phases(turn=phase.turn) for phase in (phases[:1] if still else phases)], 0)
    far = at.linear(k, 0).abs_().add_(at.linear(0, k).abs_())
    if still:
        return _travelling(1, far[0] + _QUARTER, k * zoom)
    return far.sub_((k * zoom)[:, None, None]).cos_()


def _ease(t: Tensor) -> Tensor:
    t = t.clamp(0, 1)
    return (t * t * (3 - 2 * t))[:, None, None]


def _layers(pattern: str, motion: str, seen: View, phases: list[Phases]) -> Tensor:
    """A lattice, or while it lies between two octaves the mixture of both: where figures stand apart the old
    ones shrink away while the new ones grow."""

    def layer(octave: int) -> Tensor:
        at = lattice(seen, phases, octave)
        return _stripes(at, motion in ("up", "down")) if pattern == "stripes" else _LATTICES[pattern](at)

    out = layer(0)
    if any(phase.zoom > 0.3 for phase in phases):
        zoom = torch.tensor([phase.zoom for phase in phases], device=out.device)
        if pattern in _SPARSE:
            going, coming = _ease((zoom - 0.5) / 0.4), _ease((0.7 - zoom) / 0.4)
            out = torch.maximum(out.sub_(2.2 * going), layer(1).sub_(2.2 * coming))
        else:
            out.lerp_(layer(1), _ease((zoom - 0.3) / 0.6))
    return out


def field(pattern: str, motion: str, seen: View, phases: list[Phases]) -> Tensor:
    """The pattern at every sample of the view in F frames, [F, H, W]; the motion only sets how stripes lie
    and whether the figure pulses."""
    device = seen.xs.device
    if pattern in _CENTRED or pattern == "diamonds":
        turn = torch.tensor([phase.turn for phase in phases], device=device)
        zoom = torch.tensor([phase.zoom for phase in phases], device=device)
        if pattern == "diamonds":
            out = _diamonds(seen, phases, zoom)
        else:
            qx, qy = seen.world()
            out = _CENTRED[pattern](torch.hypot(qx, qy), torch.atan2(qy, qx), turn, zoom)
    else:
        out = _layers(pattern, motion, seen, phases)
    if motion == "pulse":
        swell = torch.tensor([0.4 * math.sin(_TAU * phase.pulse) for phase in phases], device=device)
        out.add_(swell[:, None, None])
    return out
