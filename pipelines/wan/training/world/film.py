"""Looks one after another, drawn frame by frame."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .fields import field
from .ink import paint
from .look import Look
from .phases import Phases
from .plane import View, view

_FADE = 4
_BLOCKS = 16

# Samples drawn at once on a CPU: what its cache holds of a few maps.
_CACHED = 1 << 16


def _mix(frame: int) -> float:
    """The new look's share in a segment's first frames: never none, never all."""
    t = (frame + 1) / (_FADE + 1)
    return t * t * (3 - 2 * t)


def _timeline(
    looks: Sequence[tuple[Look, int]], age: float, seen: View
) -> list[tuple[list[Phases], list[Phases]]]:
    """For every segment its own phases, and the outgoing look's during the fade into it."""
    line: list[tuple[list[Phases], list[Phases]]] = []
    now = Phases()
    before: Look | None = None
    for look, frames in looks:
        own: list[Phases] = []
        old: list[Phases] = []
        same = before is not None and before.pattern == look.pattern
        last = now
        if not same:
            now = Phases()
        if before is None:
            now.advance(look, age, seen.spin, seen.stretch)
        elif same and look.motion == "pulse" and before.motion != "pulse":
            now.pulse = 0.0
        for at in range(frames):
            if before is not None and at < _FADE and same:
                now.advance(before, 1 - _mix(at), seen.spin, seen.stretch)
                now.advance(look, _mix(at), seen.spin, seen.stretch)
                old.append(now.copy())
            elif before is not None and at < _FADE:
                last.advance(before, 1, seen.spin, seen.stretch)
                old.append(last.copy())
            if not same and at > 0 or same and at >= _FADE:
                now.advance(look, 1, seen.spin, seen.stretch)
            own.append(now.copy())
        line.append((own, old))
        before = look
    return line


def _spread(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Blocks back to pixels: the nearest along both sides."""
    step = min(size) / _BLOCKS
    for dim, length in ((-2, size[0]), (-1, size[1])):
        at = ((torch.arange(length, device=picture.device) + 0.5) / step).floor().long()
        picture = picture.index_select(dim, at)
    return picture


def _draw(
    look: Look, phases: list[Phases], views: dict[str, View], size: tuple[int, int], control: bool
) -> tuple[Tensor, Tensor | None]:
    """[F, 3, H, W], and where asked the layout [F, 1, H, W]."""
    blocky = look.style == "pixel"
    seen = views["blocks" if blocky else "pixels"]
    samples = len(seen.xs) * len(seen.ys)
    few = max(1, _CACHED // samples) if seen.xs.device.type == "cpu" else len(phases)
    pictures, layouts = [], []
    for start in range(0, len(phases), few):
        levels = field(look.pattern, look.motion, seen, phases[start : start + few])
        if control:
            layouts.append(torch.sigmoid(levels * 8)[:, None])
        pictures.append(paint(look, levels, seen, min(size)))
    picture = torch.cat(pictures)
    layout = torch.cat(layouts) if control else None
    if blocky:
        return _spread(picture, size), None if layout is None else _spread(layout, size)
    return picture, layout


def render(
    looks: Sequence[tuple[Look, int]],
    keys: Tensor,
    size: tuple[int, int] = (256, 256),
    age: float = 0.0,
    control: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Draws a film of segments (look, frames), frames multiples of 4, on the keys' device.

    keys [4]: where the world is seen from, each in -1..1. size: (height, width). age: for how many frames
    the first segment has been running. Over the first 4 frames of every later segment the looks fade: a
    pattern that stays keeps its phases, a new one starts as a stream begins. Returns float32 [F, 3, H, W]
    in 0..1; with control also the layout [F, 1, H, W], 1 where the figure is.
    """
    views = {"pixels": view(size, keys), "blocks": view(size, keys, _BLOCKS)}
    pictures, layouts = [], []
    before: Look | None = None
    for (look, frames), (own, old) in zip(looks, _timeline(looks, age, views["pixels"]), strict=True):
        if frames % 4 or frames <= 0:
            raise ValueError(f"a segment of {frames} frames: give a multiple of 4")
        picture, layout = _draw(look, own, views, size, control)
        if before is not None:
            share = torch.tensor([_mix(at) for at in range(len(old))], device=keys.device).view(-1, 1, 1, 1)
            past, shape = _draw(before, old, views, size, control)
            picture[: len(old)] = past.lerp_(picture[: len(old)], share)
            if layout is not None and shape is not None:
                layout[: len(old)] = shape.lerp_(layout[: len(old)], share)
        pictures.append(picture)
        layouts.append(layout)
        before = look
    film = torch.cat(pictures) if len(pictures) > 1 else pictures[0]
    if not control:
        return film
    return film, torch.cat(layouts)
