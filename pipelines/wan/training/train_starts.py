"""First stage: how streams begin. One frame, no past: what the words mean, and where things are."""

import random

import torch
from torch import Tensor

from films import Films
from pieces import piece
from positions import angles
from run import Run, arguments
from seeing import alone


def beginning(model, text, films: Films, crop: int, rng: random.Random) -> tuple[Tensor, Tensor]:
    """The cost of a batch of single frames, and the mean square error of those that were all noise. crop: tokens of a piece."""
    c = model.config
    index, places = piece(films.keys, films.latents.shape[-2:], crop * c.patch, rng)
    truth = films.latents[index]
    batch, _, _, rows, columns = truth.shape
    # Most of the work is in the first step, which has nothing but words to go by.
    draw = torch.tensor([rng.random() for _ in range(batch)], device=truth.device)
    sigma = torch.where(draw < 0.8, 1.0, torch.where(draw < 0.92, 0.5, (draw - 0.92) * 12.5))[:, None]
    level = sigma[:, :, None, None, None]
    x = (1 - level) * truth + level * torch.randn_like(truth)
    read = model.read(text(films.ids[:, 0]), torch.arange(batch, device=x.device)[:, None])
    turns = angles(torch.zeros(1), rows // c.patch, columns // c.patch, c.dim // c.heads // 2).to(x.device)
    errors = (model(x, places, sigma, read, turns, alone) - truth).square().mean((1, 2, 3, 4))
    return (errors / sigma[:, 0].clamp(min=0.3)).mean(), errors[sigma[:, 0] == 1].mean()


def main() -> None:
    options = arguments(batch=128, rate=4e-3, seed=1, crop=4, ease=0.0)
    run = Run("starts", options)
    rng = random.Random(run.seed)
    for films in run.filming(options.batch, 1):
        loss, whole = beginning(run.modules["transformer"], run.modules["text"], films, options.crop, rng)
        if not run.step(loss, len(films.latents), first=whole.item()):
            break


if __name__ == "__main__":
    main()
