"""Contact sheets: python -m world.sheet [--motions] OUT.png"""

from __future__ import annotations

import random
import sys

import torch
from PIL import Image, ImageDraw

from .film import render
from .grammar import caption
from .look import ALLOWED, COLOURS, PATTERNS, SPEEDS, STYLES, Look, defaults

_SIDE = 112
_GAP = 3
_TEXT = 13


def sheet(rows: list[tuple[str, torch.Tensor]], path: str, columns: int = 1) -> None:
    """Films [F, 3, H, W] as labelled strips, in so many columns of strips."""
    tall = -(-len(rows) // columns)
    height = _SIDE + _TEXT + _GAP
    width = max(len(film) for _, film in rows) * (_SIDE + _GAP) + 2 * _GAP
    page = Image.new("RGB", (width * columns, tall * height), (70, 70, 70))
    pen = ImageDraw.Draw(page)
    for at, (label, film) in enumerate(rows):
        left, top = at // tall * width, at % tall * height
        pen.text((left + 2, top), label, fill=(255, 255, 255))
        for frame, picture in enumerate(film):
            pixels = (picture * 255).round().byte().permute(1, 2, 0).cpu().numpy()
            page.paste(Image.fromarray(pixels), (left + frame * (_SIDE + _GAP), top + _TEXT))
    page.save(path)


def _patterns() -> list[tuple[str, torch.Tensor]]:
    """Every pattern's default as seen from the middle, then in every style from somewhere."""
    rng = random.Random(3)
    rows = []
    for pattern in PATTERNS:
        strips = [render([(defaults(pattern), 4)], torch.zeros(4), (_SIDE, _SIDE))[:1]]
        for at, style in enumerate(STYLES):
            figure = rng.choice([name for name in COLOURS if name != "black"])
            ground = "black" if at % 2 else rng.choice([name for name in COLOURS if name != figure])
            look = Look(pattern, figure, ground, rng.choice(ALLOWED[pattern]), rng.choice(list(SPEEDS)), style)
            keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
            film = render([(look, 16)], keys, (_SIDE, _SIDE))
            strips.append(film[:1] if at % 2 else film[[0, 12]])
        rows.append((pattern, torch.cat(strips)))
    return rows


def _motions() -> list[tuple[str, torch.Tensor]]:
    rows = []
    for pattern, motions in ALLOWED.items():
        for motion in motions:
            base = defaults(pattern)
            look = Look(pattern, base.figure, base.ground, motion)
            film = render([(look, 36)], torch.zeros(4), (_SIDE, _SIDE))
            rows.append((caption(look), film[::5]))
    return rows


def main(arguments: list[str]) -> None:
    path = arguments[-1]
    if "--motions" in arguments:
        sheet(_motions(), path, 3)
    else:
        sheet(_patterns(), path)


if __name__ == "__main__":
    main(sys.argv[1:])
