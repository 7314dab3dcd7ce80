"""First stage: how streams begin. One frame, no past: what the words mean, and where things are."""

import random

import torch

from films import filming
from losses import cost
from positions import angles
from run import Run, arguments
from seeing import alone
from stamp import stamp
from world import vocabulary

SPECIAL = 3


def main() -> None:
    options = arguments(batch=64, rate=4e-3, seed=1)
    run = Run("starts", options, len(vocabulary()) + SPECIAL)
    model, text = run.modules["transformer"], run.modules["text"]
    c, rng = model.config, random.Random(run.seed)
    for films in filming(options.batch, 1, run.seed, str(options.folder / "latents.safetensors")):
        truth = films.latents
        batch, _, _, rows, columns = truth.shape
        # Most of the work is in the first step, which has nothing but words to go by.
        draw = torch.tensor([rng.random() for _ in range(batch)])
        sigma = torch.where(draw < 0.7, 1.0, torch.where(draw < 0.9, 0.5, (draw - 0.9) * 10))[:, None]
        level = sigma[:, :, None, None, None]
        x = (1 - level) * truth + level * torch.randn_like(truth)
        read = model.read(text(films.ids[:, 0]), torch.arange(batch)[:, None])
        turns = angles(torch.zeros(1), rows // c.patch, columns // c.patch, c.dim // c.heads // 2)
        guess = model(x, stamp(films.keys, rows, columns), sigma, read, turns, alone)
        costs = (guess - truth).square().mean((1, 2, 3, 4))
        whole = costs[sigma[:, 0] == 1].mean()
        if not run.step((costs / sigma[:, 0].clamp(min=0.3)).mean(), batch, first=whole.item()):
            break


if __name__ == "__main__":
    main()
