"""Fits the latents to the world and says how much of it they hold: `python train_latents.py OUT`."""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from pathlib import Path

from clips import clip
from latents import Fit, Latents, psnr

HALF = 128
"""Side of a picture at half the size: the model's pictures are twice that."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="file to write, .safetensors")
    parser.add_argument("--clips", type=int, default=1500, help="clips of 8 frames to fit")
    parser.add_argument("--seconds", type=float, default=80, help="stop drawing clips after this long")
    parser.add_argument("--held", type=int, default=160, help="further clips to measure with")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    rng, began, fit, count = random.Random(options.seed), time.monotonic(), Fit(), 0
    while count < options.clips and time.monotonic() - began < options.seconds:
        fit.add(clip(rng, HALF, 8)[1])
        count += 1
    latents = fit.latents()
    latents.save(options.out)
    print(f"fitted to {count} clips in {time.monotonic() - began:.0f} s")
    report(latents, random.Random(options.seed + 1), options.held)


def report(latents: Latents, rng: random.Random, count: int) -> None:
    """Prints the mean PSNR of the linear way there and back over clips at half the size, by pattern and
    style.
    """
    groups: dict[str, list[float]] = defaultdict(list)
    for _ in range(count):
        look, frames = clip(rng, HALF, 8)
        back = latents.decode_half(latents.encode_half(frames))
        value = psnr(back[None], frames[None]).item()
        for name in ("all", look.pattern, look.style):
            groups[name].append(value)
    for name, values in sorted(groups.items(), key=lambda group: -len(group[1])):
        print(f"{name:14s} {sum(values) / len(values):5.1f} dB  of {len(values)}")


if __name__ == "__main__":
    main()
