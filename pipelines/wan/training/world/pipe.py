"""Films by request, for the bench: a line of JSON in, its frames out as RGBA bytes. python -m world.pipe"""

from __future__ import annotations

import json
import sys
from dataclasses import fields

import torch

from .film import render
from .look import Look

_PIECE = 64


def _look(segment: dict) -> Look:
    return Look(**{field.name: segment[field.name] for field in fields(Look)})


def _show(film: torch.Tensor) -> None:
    """[F, 3, H, W]"""
    opaque = torch.ones_like(film[:, :1])
    pixels = (torch.cat((film, opaque), 1).clamp(0, 1) * 255).round().byte()
    sys.stdout.buffer.write(pixels.permute(0, 2, 3, 1).contiguous().numpy().tobytes())
    sys.stdout.buffer.flush()


def main() -> None:
    torch.set_num_threads(1)
    for line in sys.stdin:
        wish = json.loads(line)
        keys, size = torch.tensor(wish["keys"]), tuple(wish["size"])
        looks = [(_look(segment), segment["frames"]) for segment in wish["segments"]]
        if len(looks) > 1:
            _show(render(looks, keys, size))
            continue
        # A long film of one look, in pieces: it goes on by its age.
        [(look, frames)] = looks
        for start in range(0, frames, _PIECE):
            _show(render([(look, min(_PIECE, frames - start))], keys, size, age=float(start)))


if __name__ == "__main__":
    main()
