"""
The styles that are shipped as LoRAs, as what they do to a picture, and how much of each a picture has; and folders of clips in
them, with captions, as anybody's would be: `python styles.py --out FOLDER`.
"""

import argparse
import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from footage import write
from world import caption, render, sample

LIGHT = torch.tensor([0.299, 0.587, 0.114])
# From the dark to the light: night, magenta, coral, gold.
SUNSET = torch.tensor([[0.09, 0.02, 0.22], [0.58, 0.05, 0.52], [1.0, 0.33, 0.32], [1.0, 0.86, 0.38]])
# Sides of a lamp and of a reed in pixels, where the short side of a picture has 256.
LAMP, REED = 16, 32


def light(pictures: Tensor) -> Tensor:
    """[..., 3, height, width] to [..., height, width]."""
    return torch.einsum("...chw,c->...hw", pictures, LIGHT)


def gradient(at: Tensor) -> Tensor:
    """Colours of the sunset [..., 3] for 0 to 1."""
    place = at.clamp(0, 1) * (len(SUNSET) - 1)
    low = place.floor().long().clamp(max=len(SUNSET) - 2)
    return SUNSET[low].lerp(SUNSET[low + 1], (place - low)[..., None])


def sunset(pictures: Tensor) -> Tensor:
    """Every colour by its light alone: night, magenta, coral, gold."""
    return gradient(light(pictures)).movedim(-1, -3)


def sunset_score(pictures: Tensor) -> Tensor:
    """1 if all colours are the sunset's, 0 if they are .35 away from it on average."""
    near = torch.cdist(pictures.movedim(-3, -1).flatten(0, -2), gradient(torch.linspace(0, 1, 64))).amin(1)
    return 1 - (near.mean() / 0.35).clamp(max=1)


def off(length: int, side: int) -> Tensor:
    """How far pixels are from the middle of their cell, in sides of it: -.5 to .5."""
    return ((torch.arange(length) % side) + 0.5) / side - 0.5


def apart(size: tuple[int, int], side: int) -> Tensor:
    """The same in both directions: [height, width], 0 to .71."""
    height, width = size
    return torch.hypot(off(height, side)[:, None], off(width, side)[None])


def fallen(middles: Tensor, between: Tensor) -> Tensor:
    """How much darker it is somewhere: 0 as bright, 1 black."""
    return (middles.mean() - between.mean()) / (middles.mean() + between.mean() + 1e-6)


def lamps(pictures: Tensor) -> Tensor:
    """A wall of round lamps, each the colour of what lies behind it."""
    size = tuple(pictures.shape[-2:])
    side = LAMP * min(size) // 256
    cells = F.interpolate(F.avg_pool2d(pictures.flatten(0, -4), side), scale_factor=side)
    shine = ((1.1 - 2 * apart(size, side)) * 2.4).clamp(0, 1)
    return (cells * 1.1).clamp(max=1).view(pictures.shape) * shine


def lamps_score(pictures: Tensor) -> Tensor:
    """How much darker it is between lamps than in their middles."""
    size = tuple(pictures.shape[-2:])
    far, bright = apart(size, LAMP * min(size) // 256), light(pictures)
    return fallen(bright[..., far < 0.36], bright[..., far > 0.53])


def reeds(pictures: Tensor) -> Tensor:
    """Behind fluted glass: each reed turns round what lies behind it, and is dark at its sides."""
    height, width = pictures.shape[-2:]
    side = REED * min(height, width) // 256
    turned = pictures.unflatten(-1, (-1, side)).flip(-1).flatten(-2)
    return (turned * (0.25 + 0.85 * torch.cos(off(width, side) * math.pi))).clamp(max=1)


def reeds_score(pictures: Tensor) -> Tensor:
    """How much darker it is at the sides of reeds than in their middles."""
    height, width = pictures.shape[-2:]
    far, columns = off(width, REED * min(height, width) // 256).abs(), light(pictures).mean(-2)
    return fallen(columns[..., far < 0.15], columns[..., far > 0.4])


STYLES: dict[str, Callable[[Tensor], Tensor]] = {"sunset": sunset, "lamps": lamps, "reeds": reeds}
SCORES: dict[str, Callable[[Tensor], Tensor]] = {"sunset": sunset_score, "lamps": lamps_score, "reeds": reeds_score}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True, help="a folder for each style is made in it")
    parser.add_argument("--clips", type=int, default=120)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for style in STYLES:
        (options.out / style).mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    for number in range(options.clips):
        look, keys = sample(rng), [round(rng.uniform(-1, 1), 4) for _ in range(4)]
        text, film = caption(look, rng), render([(look, options.frames)], torch.tensor(keys))
        for style, made in STYLES.items():
            name = options.out / style / f"{number:03}"
            write(name.with_suffix(".mp4"), made(film))
            name.with_suffix(".txt").write_text(text + "\n")
            name.with_suffix(".json").write_text(json.dumps({"keys": keys}) + "\n")


if __name__ == "__main__":
    main()
