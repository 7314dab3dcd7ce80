"""
A LoRA for pocket from a folder of clips or pictures with captions:
`python train_lora.py --folder MODEL --clips CLIPS --out STYLE.safetensors --minutes 10`.

MODEL is the folder with the model's files, or one with checkpoints, and `--from` the name of one of these. Nothing but the
adapter changes. Films are made frame by frame, over a past that is their own or the model's, as in `train_streams`.
"""

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor

from addition import Addition, Base
from footage import Footage
from lora import Adapter
from losses import cost
from pieces import piece
from rollout import Rollout, noised
from stamp import stamp
from train_streams import costs_of

# The share of batches that are first frames: most of a style is in them.
SINGLE = 0.8
# Latents along a side of the pieces of these.
PIECE = 16


def costs_of_starts(base: Base, footage: Footage, count: int, rng: random.Random) -> dict[str, list[Tensor]]:
    """The costs of pieces of so many first frames at the first step, or of any frames at the second."""
    sigma = 1.0 if rng.random() < 0.65 else 0.5
    films = footage.films(rng, count, 1, is_start=sigma == 1)
    index, places = piece(films.keys, films.latents.shape[-2:], PIECE, rng)
    truth = films.latents[index][:, 0]
    own = torch.arange(len(truth), device=truth.device)[:, None]
    read = base.transformer.read(base.embedded(films.ids[:, 0]), own)
    guess = Rollout(base.transformer, places).look(noised(truth, torch.randn_like(truth), sigma), sigma, read)
    return {"first" if sigma == 1 else "half": [cost(guess, truth, sigma).mean()]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True, help="of the model")
    parser.add_argument("--from", dest="origin", default=None, help="checkpoint in it; none: the files that are shipped")
    parser.add_argument("--clips", type=Path, required=True, help="clips and pictures, NAME.txt beside each")
    parser.add_argument("--out", type=Path, required=True, help="LoRA to write; NAME.pt beside it is to go on from")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--batch", type=int, default=8, help="clips at a time")
    parser.add_argument("--frames", type=int, default=3, help="latent frames of a clip, a sixth of a second each")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--own", type=float, default=0.5, help="share of frames that the model itself has made before")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    base = Base(options.folder, options.origin, options.device)
    footage = Footage(options.clips, base.latents, base.tokenizer, options.device)
    print(f"{len(footage.clips)} clips", flush=True)
    adapter = Adapter(base.transformer, options.rank)
    run = Addition(options.out.with_suffix(".pt"), options, "lora", adapter)
    rng = random.Random(run.seed)
    while True:
        if rng.random() < SINGLE:
            costs = costs_of_starts(base, footage, 3 * options.batch, rng)
        else:
            films = footage.films(rng, options.batch, options.frames)
            places = stamp(films.keys, *films.latents.shape[-2:])
            costs = costs_of(base.transformer, base.text, films, places, options.own * min(1.0, run.share / 0.3), rng)
        total = sum(sum(c) for c in costs.values()) / sum(len(c) for c in costs.values())
        means = {name: (sum(c) / len(c)).item() for name, c in costs.items() if c}
        if not run.step(total, options.batch, **means):
            break
    run.settle()
    adapter.save(options.out)


if __name__ == "__main__":
    main()
