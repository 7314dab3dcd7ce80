"""
Second stage: how streams go on. Films are made frame by frame, as they are when they are played, over a past that is the
film's own, worn, or now and then the model's (Self-Forcing, Huang et al. 2025, arXiv 2506.08009). Films begin alike for the same
words and keys, so that what should follow is known, and plain regression is enough. With the model's own past most of the time it
is not: dreams fall out of step with their film, and to hit what is out of step a model learns to stand still.
"""

import random

import torch
import torch.nn.functional as F
from torch import Tensor

from films import Films
from losses import cost
from rollout import Rollout, noised
from run import Run, arguments
from stamp import stamp
from train_starts import beginning

# Frames of a film that begins in the middle of a stream that are given.
GIVEN = 2


def worn(films: Tensor, rng: random.Random) -> Tensor:
    """
    Latents [batch, frames, ...] as long streams wear them: rough, soft, paler or harsher, of another hue. What follows is as it
    should have been, so that streams mend themselves.
    """
    draw = lambda low, high: torch.empty(len(films), 1, 1, 1, 1, device=films.device).uniform_(low, high)
    soft = F.avg_pool2d(F.pad(films.flatten(0, 1), (1, 1, 1, 1), "replicate"), 3, 1).view_as(films)
    made = films.lerp(soft, draw(0, 1))
    mean = made.mean((-2, -1), keepdim=True)
    hue = 0.15 * torch.randn(len(films), 1, films.shape[2], 1, 1, device=films.device) * draw(0, 1)
    made = mean + (made - mean) * draw(0.4, 1.2) + hue + 0.15 * torch.randn_like(films) * draw(0, 1)
    return torch.where(draw(0, 1) < rng.choice((0.5, 1.0)), made, films)


def costs_of(model, text, films: Films, places: Tensor, own: float, rng: random.Random) -> dict[str, list]:
    """
    The costs of a batch by the level of noise. places: its stamp. own: the share of frames that the model itself has made
    before.
    """
    batch, frames = films.latents.shape[:2]
    stream = Rollout(model, places)
    reads = model.read(text(films.ids.flatten(0, 1)), torch.arange(2 * batch, device=places.device)[:, None])
    costs: dict[str, list] = {"first": [], "full": [], "half": []}
    counts = films.young.float()
    given = worn(films.latents, rng)
    # Words say what moves: a past that stands still does not keep a stream from going on.
    stands = torch.rand(batch, device=places.device) < torch.where(films.young, 0.0, 0.3)
    given[:, 0] = torch.where(stands[:, None, None, None], given[:, 1], given[:, 0])
    for frame in range(frames):
        truth, told = films.latents[:, frame], films.texts(frame)
        read = [(k[told], v[told]) for k, v in reads]
        weight = torch.ones_like(counts) if frame >= GIVEN else counts
        noise = [torch.randn_like(truth) for _ in range(2)]
        sigma = 1.0 if rng.random() < 0.6 else rng.choice((0.5, 0.5, 0.5, rng.uniform(0.2, 0.95)))
        dreams = rng.random() < own
        if sigma == 1.0:
            guess = stream.look(noise[0], 1.0, read)
        else:
            with torch.no_grad():
                base = stream.look(noise[0], 1.0, read) if dreams else truth
            guess = stream.look(noised(base, noise[1], sigma), sigma, read)
        name = "half" if sigma < 1 else "first" if frame == 0 else "full"
        if weight.sum() > 0:
            costs[name].append((cost(guess, truth, sigma) * weight).sum() / weight.sum())
        past = given[:, frame]
        if dreams:
            # Streams whose beginning is given have dreamt nothing yet.
            past = torch.where((weight > 0)[:, None, None, None], guess.detach(), past)
        if frame + 1 < frames:
            stream.close(past, read)
    return costs


def main() -> None:
    options = arguments(batch=8, frames=6, rate=2e-3, seed=2, own=0.25, starts=0.4, crop=4, ease=0.0)
    run = Run("streams", options)
    rng = random.Random(run.seed)
    model, text = run.modules["transformer"], run.modules["text"]
    streams, starts = run.filming(options.batch, options.frames), run.filming(128, 1)
    while True:
        # What was learnt of beginnings goes on being learnt.
        if rng.random() < options.starts:
            films = next(starts)
            total, whole = beginning(model, text, films, options.crop, rng)
            means = {"start": whole.item()}
        else:
            films = next(streams)
            places = stamp(films.keys, *films.latents.shape[-2:])
            costs = costs_of(model, text, films, places, options.own * min(1.0, run.share / 0.3), rng)
            total = sum(sum(c) for c in costs.values()) / sum(len(c) for c in costs.values())
            means = {name: (sum(c) / len(c)).item() for name, c in costs.items() if c}
        if not run.step(total, len(films.latents), **means):
            break


if __name__ == "__main__":
    main()
