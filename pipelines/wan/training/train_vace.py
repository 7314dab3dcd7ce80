"""
Guidance: a branch that reads a control video or a reference picture, trained over a model that stays as it is. Films are made
frame by frame, over a past that is their own or the model's, as in `train_streams`.
"""

import random
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from addition import Addition, Base
from batches import drawing
from controls import Guided, guided
from losses import cost
from pieces import piece
from rollout import noised
from run import arguments
from train_streams import worn
from vace import Branch, Guide, GuidedRollout

# The share of the time after which whole pictures are seen.
WHOLE = 0.7


def costs_of(
    base: Base, guide: Guide, films: Guided, places: Tensor, own: float, rng: random.Random
) -> dict[str, list[Tensor]]:
    """
    The costs of a batch by the level of noise. places: its stamp. own: the share of frames that the model itself has made
    before.
    """
    batch, frames = films.latents.shape[:2]
    embedded = base.embedded(films.ids)
    model = base.transformer
    read = model.read(embedded, torch.arange(batch, device=embedded.device)[:, None])
    guide.text = guide.branch.read(model.text_embedding(embedded))
    stream = GuidedRollout(guide, places)
    costs: dict[str, list[Tensor]] = {"full": [], "half": []}
    given = worn(films.latents, rng)
    for frame in range(frames):
        truth, scale = films.latents[:, frame], films.scale[:, frame]
        weight = (scale > 0).float()
        noise = [torch.randn_like(truth) for _ in range(2)]
        sigma = 1.0 if rng.random() < 0.65 else rng.choice((0.5, 0.5, 0.5, rng.uniform(0.2, 0.95)))
        dreams = rng.random() < own
        stream.lead(films.context[:, frame], scale)
        if sigma == 1.0:
            guess = stream.look(noise[0], 1.0, read)
        else:
            with torch.no_grad():
                start = stream.look(noise[0], 1.0, read) if dreams else truth
            guess = stream.look(noised(start, noise[1], sigma), sigma, read)
        mean = (cost(guess, truth, sigma) * weight).sum() / weight.sum().clamp(min=1)
        costs["half" if sigma < 1 else "full"].append(mean)
        past = guess.detach() if dreams else given[:, frame]
        if frame + 1 < frames:
            with torch.no_grad():
                stream.close(past, read)
    return costs


def main() -> None:
    options = arguments(batch=16, frames=3, rate=2e-3, seed=4, own=0.7, piece=16)
    base = Base(options.folder, options.origin, options.device)
    branch = Branch(base.transformer)
    run = Addition(options.folder / "vace.pt", options, "vace", branch)
    rng = random.Random(run.seed)
    draw = partial(guided, batch=options.batch, frames=options.frames)
    with Guide(base.transformer, branch) as guide:
        for whole in drawing(draw, run.drawn, options.folder, options.workers, options.device):
            # Pieces are as good to learn from and cheaper; in the end all of a picture is seen, as when it is played.
            side = options.piece if run.share < WHOLE else 0
            index, places = piece(whole.keys, whole.latents.shape[-2:], side, rng)
            films = replace(whole, latents=whole.latents[index], context=whole.context[index])
            costs = costs_of(base, guide, films, places, options.own * min(1.0, run.share / 0.3), rng)
            total = sum(sum(c) for c in costs.values()) / sum(len(c) for c in costs.values())
            means = {name: (sum(c) / len(c)).item() for name, c in costs.items() if c}
            if not run.step(total, len(films.latents), **means):
                break
    run.settle()
    branch.save(options.folder / "vace.safetensors")


if __name__ == "__main__":
    main()
