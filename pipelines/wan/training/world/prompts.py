"""Prompts that no model was trained on, with what they ask for: python -m world.prompts OUT.json"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict, replace

import torch
from torch.nn import functional as F

from .film import render
from .grammar import caption
from .look import ALLOWED, COLOURS, PATTERNS, Look, is_held_out, sample

PROMPTS = 100
TRIPLES = 20
SWITCHES = 24
VARIED = 8
"""Prompts whose variety is measured, as seen by so many scenes each:"""
SCENES = 16
SIDE = 64

# Of which the speed is a distance a frame.
_DIRECTED = ("left", "right", "up", "down", "clockwise", "counterclockwise", "in", "out")


def _films(look: Look, count: int, rng: random.Random, size: int = SIDE) -> torch.Tensor:
    """[count, 3, size, size]: first moments of the look, each as seen from another viewpoint."""
    keys = [torch.tensor([rng.uniform(-1, 1) for _ in range(4)]) for _ in range(count)]
    films = [render([(look, 4)], key, (2 * size, 2 * size))[3:] for key in keys]
    return F.interpolate(torch.cat(films), (size, size), mode="area")


def share(look: Look, rng: random.Random) -> float:
    """How much of the picture lies nearer to the figure's colour, on average over viewpoints; neon's figure is its glow."""
    figure, ground = (torch.tensor(COLOURS[name]) for name in (look.figure, look.ground))
    direction = figure - (0.2 * ground if look.style == "neon" else ground)
    parts = []
    for film in _films(look, 6, rng):
        at = (film * direction[:, None, None]).sum(0)
        low, high = at.quantile(0.01), at.quantile(0.99)
        parts.append((at > (low + high) / 2).float().mean().item())
    return sum(parts) / len(parts)


def variety(look: Look, rng: random.Random) -> float:
    """The mean distance of all pairs of scenes: root of the mean square over all channels."""
    films = _films(look, SCENES, rng)
    apart = [(films[i] - films[j]).square().mean().sqrt() for i in range(SCENES) for j in range(i)]
    return torch.stack(apart).mean().item()


def _held_out(rng: random.Random, **wanted: str) -> Look:
    """A look that is held out and has what is wanted. Nothing is asked of a black figure's polarity twice over."""
    while True:
        look = replace(sample(rng, held_out=None), **wanted)
        if look.motion in ALLOWED[look.pattern] and look.figure != look.ground and is_held_out(look):
            return look


def _entry(look: Look, rng: random.Random, text: str | None = None) -> dict:
    return {"text": text or caption(look, rng), **asdict(look), "share": round(share(look, rng), 3)}


def _triple(rng: random.Random) -> list[dict]:
    """A look at three speeds, in the same words but for the speed's."""
    base = replace(_held_out(rng, motion=rng.choice(_DIRECTED)), style="plain")
    looks = [replace(base, speed=speed) for speed in ("slow", "medium", "fast")]
    return [_entry(look, rng, caption(look)) for look in looks]


def _switches(rng: random.Random) -> list[dict]:
    """Looks one after another, each pattern at least once, two of three with nothing in common with the one before."""
    order = [*rng.sample(PATTERNS, len(PATTERNS)), *rng.choices(PATTERNS, k=SWITCHES + 1 - len(PATTERNS))]
    entries: list[dict] = []
    before: Look | None = None
    for at, pattern in enumerate(order):
        # A pulse comes and goes: no single picture of it shows what it is.
        look = _held_out(rng, pattern=pattern, motion=rng.choice([m for m in ALLOWED[pattern] if m != "pulse"]))
        if before is not None and at % 3 == 2:
            kept = replace(look, figure=before.figure, ground=before.ground)
            look = kept if is_held_out(kept) and "black" != kept.figure else look
        entries.append(_entry(look, rng))
        before = look
    return entries


def _plain(rng: random.Random) -> list[dict]:
    """Two colours, no style, one for each pattern in turn: what other measures start from."""
    entries = []
    for at in range(VARIED):
        look = _held_out(rng, pattern=PATTERNS[2 * at % len(PATTERNS)], style="plain", speed="medium")
        while "black" == look.figure or look.motion == "pulse":
            look = _held_out(rng, pattern=look.pattern, style="plain", speed="medium")
        entries.append({**_entry(look, rng, caption(look)), "variety": round(variety(look, rng), 4)})
    return entries


def main(out: str) -> None:
    torch.set_num_threads(1)
    rng = random.Random(20261120)
    whole = {
        "colours": {name: list(colour) for name, colour in COLOURS.items()},
        "prompts": [_entry(sample(rng, held_out=True), rng) for _ in range(PROMPTS)],
        "triples": [_triple(rng) for _ in range(TRIPLES)],
        "switches": _switches(rng),
        "varied": _plain(rng),
    }
    with open(out, "w") as file:
        json.dump(whole, file, indent="\t")
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
