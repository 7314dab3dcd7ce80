"""Trains the judge of patterns on looks that are held out, and measures it on fresh ones.

python train_judge.py OUT.safetensors [--minutes 3] [--seed 1] [--from OLD.safetensors]; its names and what it mistakes go into OUT.json.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import deque
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from judge import SIDE, Judge
from world import PATTERNS, Look, render, sample

BATCH = 48
FRESH = 4
"""Pictures drawn for each step."""
POOL = 4096
"""Pictures that are kept to be seen again, each time otherwise."""
OLDEST = 2000
CLIPS, SHOWN = 320, 2
"""Of the measurement, and frames of each."""
_ORDERS = torch.tensor(list(itertools.permutations(range(3))))


def clip(rng: random.Random, size: int, frames: int) -> tuple[Look, Tensor]:
    """A look that is held out, every pattern as often, and so many frames of it, every fourth: [frames, 3, 64, 64]."""
    pattern = rng.choice(PATTERNS)
    look = sample(rng, held_out=True)
    while look.pattern != pattern:
        look = sample(rng, held_out=True)
    keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
    age = 0.0 if rng.random() < 0.4 else float(rng.randrange(OLDEST))
    film = render([(look, 4 * frames)], keys, (size, size), age)[::4]
    return look, F.interpolate(film, (SIDE, SIDE), mode="area")


def disguised(pictures: Tensor, noise: Tensor) -> Tensor:
    """Colour channels shuffled and negated, softened, with less contrast and with noise: what stays is the shape."""
    count = len(pictures)
    pictures = pictures[:, torch.randperm(3)]
    soft = count // 2
    pictures[:soft] = F.avg_pool2d(pictures[:soft], 3, 1, 1, count_include_pad=False)
    softer = count // 5
    pictures[:softer] = F.avg_pool2d(pictures[:softer], 5, 1, 2, count_include_pad=False)
    sign = (torch.rand(count, 3, 1, 1) < 0.5) * 2.0 - 1
    gain, shift = torch.rand(2, count, 1, 1, 1).unbind(0)
    middle = 0.5 + 0.3 * (shift - 0.5)
    pictures = torch.addcmul(middle, pictures - 0.5, sign * (0.4 + 0.7 * gain))
    start = torch.randint(len(noise) - pictures[0].numel() * count, ()).item()
    return pictures.add_(noise[start : start + pictures.numel()].view_as(pictures), alpha=0.06 * random.random())


@torch.no_grad()
def measure(judge: Judge, seed: int) -> tuple[float, Tensor]:
    """How often it is right about fresh clips, and [true, said] counts."""
    judge.eval()
    rng = random.Random(seed)
    confusion = torch.zeros(len(PATTERNS), len(PATTERNS), dtype=torch.long)
    for _ in range(CLIPS):
        look, frames = clip(rng, 2 * SIDE, SHOWN)
        said = judge(frames).softmax(1).mean(0).argmax().item()
        confusion[PATTERNS.index(look.pattern), said] += 1
    judge.train()
    return confusion.diag().sum().item() / CLIPS, confusion


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=3, help="of one core")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="origin", type=Path, help="a judge to go on with")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    rng = random.Random(options.seed)
    judge = Judge()
    noise = torch.randn(4 * BATCH * 3 * SIDE * SIDE)
    if options.origin:
        first = torch.stack([clip(rng, SIDE, 1)[1][0] for _ in range(2 * BATCH)])
        judge.unfold(load_file(options.origin), disguised(first, noise))
    optimiser = torch.optim.AdamW(judge.parameters(), lr=3e-3, weight_decay=0.01)
    pool: deque[tuple[Tensor, int]] = deque(maxlen=POOL)
    start, steps, costs = time.process_time(), 0, []
    while (share := (time.process_time() - start) / 60 / options.minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1, (steps + 1) / 50, (1 - share) / 0.7 + 0.01)
        for _ in range(FRESH):
            look, picture = clip(rng, rng.choice((SIDE, SIDE, 2 * SIDE)), 1)
            pool.append((picture[0], PATTERNS.index(look.pattern)))
        chosen = random.choices(pool, k=BATCH) if len(pool) > BATCH else list(pool)
        pictures = torch.stack([picture for picture, _ in chosen])
        names = torch.tensor([name for _, name in chosen])
        loss = F.cross_entropy(judge(disguised(pictures, noise)), names, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps += 1
        costs.append(loss.item())
        if steps % 100 == 0:
            passed = time.process_time() - start
            print(json.dumps({"steps": steps, "seconds": round(passed), "loss": round(sum(costs) / 100, 3)}), flush=True)
            costs = []
            save_file(judge.folded(), options.out)
    accuracy, confusion = measure(judge, 1000 + options.seed)
    wrong = {
        f"{PATTERNS[i]} as {PATTERNS[j]}": confusion[i, j].item()
        for i, j in (confusion - confusion.diag().diag()).nonzero().tolist()
    }
    each = {name: round((confusion[i, i] / confusion[i].sum()).item(), 3) for i, name in enumerate(PATTERNS)}
    print(json.dumps({"accuracy": accuracy, "clips": CLIPS, "each": each, "wrong": wrong}), flush=True)
    save_file(judge.folded(), options.out)
    about = {"patterns": PATTERNS, "accuracy": round(accuracy, 4), "clips": CLIPS, "wrong": wrong}
    options.out.with_suffix(".json").write_text(json.dumps(about, indent="\t") + "\n")


if __name__ == "__main__":
    main()
