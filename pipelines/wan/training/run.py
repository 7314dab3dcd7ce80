"""What stages of training have in common: the models, time, checkpoints, a line of progress now and then."""

import argparse
import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

import checkpoint
import together
from batches import drawing
from films import Films, filmed
from optimiser import Optimiser
from text import TextEncoder
from transformer import Transformer


def arguments(**defaults) -> argparse.Namespace:
    """--folder, --minutes, --rate, --batch, --seed, --threads: what every stage takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True, help="latents.safetensors lies there, and checkpoints do")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw films")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true", help="a fifth faster on a CPU, for a minute of preparation")
    parser.add_argument("--from", dest="origin", default=None, help="checkpoint of another stage to begin with")
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    return parser.parse_args()


class Training:
    """Modules that learn for a while: it goes on where its checkpoint left off."""

    def __init__(self, file: Path, options: argparse.Namespace, modules: dict[str, nn.Module]):
        torch.set_num_threads(options.threads)
        self.file, self.options, self.modules = file, options, modules
        for module in modules.values():
            module.to(options.device).train()
        self.optimiser = Optimiser(modules, options.rate)
        self.progress = {"steps": 0, "minutes": 0.0, "films": 0}
        if file.exists():
            self.progress = checkpoint.load(file, modules, self.optimiser)
        self.began = self.saved = time.monotonic()
        self.before = self.progress["minutes"]
        self.seed = options.seed + self.progress["steps"]
        torch.manual_seed(self.seed + together.RANK)
        self.costs: list[dict[str, float]] = []

    @property
    def drawn(self) -> str:
        """The seed of what this process alone draws."""
        return f"{self.seed}/{together.RANK}"

    @property
    def share(self) -> float:
        """How much of the time is over, 0 to 1."""
        return min(1.0, self.progress["minutes"] / self.options.minutes)

    def factor(self) -> float:
        """Of the learning rate: 40 steps of warming up, flat for 40 % of the time, then down to nothing."""
        warm = min(1.0, (self.optimiser.count + 1) / 40)
        return warm * min(1.0, (1 - self.share) / 0.6 + 0.01)

    def step(self, loss: torch.Tensor, films: int, **costs: float) -> bool:
        """Learns from a batch. Whether time is left."""
        loss.backward()
        minutes = self.before + (time.monotonic() - self.began) / 60
        self.progress["minutes"] = together.agree((p for _, p in self.optimiser.named), minutes)
        self.optimiser.step(self.factor())
        self.costs.append(costs)
        self.progress["steps"] += 1
        self.progress["films"] += films * together.COUNT
        done = self.share >= 1
        if together.RANK:
            return not done
        if self.progress["steps"] % 20 == 0 or done:
            names = sorted({n for c in self.costs for n in c})
            means = {n: round(sum(v := [c[n] for c in self.costs if n in c]) / len(v), 4) for n in names}
            print(json.dumps({**self.progress, "minutes": round(self.progress["minutes"], 2), **means}), flush=True)
            self.costs = []
        if done or time.monotonic() - self.saved > 120:
            checkpoint.save(self.file, self.modules, self.optimiser, self.progress)
            self.saved = time.monotonic()
        return not done


class Run(Training):
    """A stage of the whole model."""

    def __init__(self, name: str, options: argparse.Namespace):
        torch.manual_seed(options.seed)
        words = Tokenizer.from_file(str(options.folder / "tokenizer.json")).get_vocab_size()
        modules = {"transformer": Transformer(), "text": TextEncoder(words)}
        file = options.folder / f"{name}.pt"
        if not file.exists():
            learnt = modules if options.origin else {"text": modules["text"]}
            checkpoint.load(options.folder / f"{options.origin or 'words'}.pt", learnt)
        if options.compile:
            for module in modules.values():
                module.compile()
        super().__init__(file, options, modules)

    def filming(self, batch: int, frames: int) -> Iterator[Films]:
        """Films to learn from."""
        o = self.options
        draw = partial(filmed, batch=batch, frames=frames, ease=o.ease)
        return drawing(draw, self.drawn, o.folder, o.workers, o.device)
