"""First stage: how streams begin. One frame, no past: what the words mean, and where things are."""

import random

import torch

from films import filming
from positions import angles
from run import Run, arguments
from seeing import alone
from stamp import stamp


def main() -> None:
    options = arguments(batch=128, rate=4e-3, seed=1, crop=4)
    run = Run("starts", options)
    model, text = run.modules["transformer"], run.modules["text"]
    c, rng = model.config, random.Random(run.seed)
    for films in filming(options.batch, 1, run.seed, options.folder):
        truth = films.latents
        batch, _, _, rows, columns = truth.shape
        places = stamp(films.keys, rows, columns)
        if options.crop:
            # A piece of each picture is enough to say what it shows: places are told, and pieces are more pictures.
            side = options.crop * c.patch
            row, column = (c.patch * rng.randint(0, (n - side) // c.patch) for n in (rows, columns))
            truth, places = (t[..., row : row + side, column : column + side] for t in (truth, places))
            rows = columns = side
        # Most of the work is in the first step, which has nothing but words to go by.
        draw = torch.tensor([rng.random() for _ in range(batch)])
        sigma = torch.where(draw < 0.8, 1.0, torch.where(draw < 0.92, 0.5, (draw - 0.92) * 12.5))[:, None]
        level = sigma[:, :, None, None, None]
        x = (1 - level) * truth + level * torch.randn_like(truth)
        read = model.read(text(films.ids[:, 0]), torch.arange(batch)[:, None])
        turns = angles(torch.zeros(1), rows // c.patch, columns // c.patch, c.dim // c.heads // 2)
        guess = model(x, places, sigma, read, turns, alone)
        costs = (guess - truth).square().mean((1, 2, 3, 4))
        whole = costs[sigma[:, 0] == 1].mean()
        if not run.step((costs / sigma[:, 0].clamp(min=0.3)).mean(), batch, first=whole.item()):
            break


if __name__ == "__main__":
    main()
