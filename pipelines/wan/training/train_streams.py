"""
Second stage: how streams go on. Films are made frame by frame, as they are when they are played, over a past that is the
film's own or, more and more, the model's (Self-Forcing, Huang et al. 2025, arXiv 2506.08009). Films begin alike for the same
words and keys, so that what should follow is known, and plain regression is enough.
"""

import random

import torch

from films import Films
from losses import cost
from rollout import Rollout, noised
from run import Run, arguments
from stamp import stamp
from train_starts import beginning

# Frames of a film that begins in the middle of a stream that are given.
GIVEN = 2
# Noise that the film's own past is given, so that the model does not lean on details.
ROUGH = 0.1


def costs_of(model, text, films: Films, own: float, rng: random.Random) -> dict[str, list]:
    """The costs of a batch by the level of noise. `own` is the share of frames that the model itself has made before."""
    batch, frames, _, rows, columns = films.latents.shape
    stream = Rollout(model, stamp(films.keys, rows, columns))
    embedded = text(films.ids.flatten(0, 1))
    costs: dict[str, list] = {"first": [], "full": [], "half": []}
    counts = films.young.float()
    for frame in range(frames):
        truth = films.latents[:, frame]
        read = model.read(embedded, films.texts(frame)[:, None])
        weight = torch.ones_like(counts) if frame >= GIVEN else counts
        noise = [torch.randn_like(truth) for _ in range(2)]
        sigma = 1.0 if rng.random() < 0.6 else rng.choice((0.5, 0.5, 0.5, rng.uniform(0.2, 0.95)))
        dreams = rng.random() < own
        if sigma == 1.0:
            guess = stream.look(noise[0], 1.0, read)
            made = guess.detach()
        else:
            with torch.no_grad():
                base = stream.look(noise[0], 1.0, read) if dreams else truth
            guess = stream.look(noised(base, noise[1], sigma), sigma, read)
            made = guess.detach()
        name = "half" if sigma < 1 else "first" if frame == 0 else "full"
        if weight.sum() > 0:
            costs[name].append((cost(guess, truth, sigma) * weight).sum() / weight.sum())
        past = truth + ROUGH * rng.random() * noise[1]
        if dreams:
            # Streams whose beginning is given have dreamt nothing yet.
            past = torch.where((weight > 0)[:, None, None, None], made, past)
        if frame + 1 < frames:
            stream.close(past, read)
    return costs


def main() -> None:
    options = arguments(batch=8, frames=6, rate=2e-3, seed=2, own=0.8, starts=0.6, crop=4, ease=0.0)
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
            costs = costs_of(model, text, films, options.own * min(1.0, run.share / 0.3), rng)
            total = sum(sum(c) for c in costs.values()) / sum(len(c) for c in costs.values())
            means = {name: (sum(c) / len(c)).item() for name, c in costs.items() if c}
        if not run.step(total, len(films.latents), **means):
            break


if __name__ == "__main__":
    main()
