"""
Stage before the first: what captions say. The text encoder learns to tell a caption's pattern, colours, motion, speed and
style apart, from words alone, which costs next to nothing; that a colour is the ground's because of an "on" before it is hard
to learn from pictures.
"""

import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from run import Training, arguments
from text import WIDTH, TextEncoder
from tokenizers import Tokenizer
from world import COLOURS, MOTIONS, PATTERNS, SPEEDS, STYLES, caption, sample

PARTS: dict[str, tuple[str, ...]] = {
    "pattern": PATTERNS,
    "figure": tuple(COLOURS),
    "ground": tuple(COLOURS),
    "motion": MOTIONS,
    "speed": tuple(SPEEDS),
    "style": STYLES,
}


class Asking(nn.Module):
    """Asks embedded captions for each part of a look, as a transformer does: by attention to words."""

    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(torch.randn(len(PARTS), WIDTH))
        self.keys, self.values = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.answers = nn.ModuleList(nn.Linear(WIDTH, len(names)) for names in PARTS.values())

    def forward(self, embedded: Tensor) -> list[Tensor]:
        """Scores [texts, names] of each part's names, of texts [texts, length, WIDTH]."""
        share = (self.queries @ self.keys(embedded).transpose(1, 2) / WIDTH**0.5).softmax(-1)
        told = share @ self.values(embedded)
        return [answer(told[:, i]) for i, answer in enumerate(self.answers)]


def captions(count: int, rng: random.Random, tokenizer: Tokenizer) -> tuple[Tensor, Tensor]:
    """ids [count, length] of captions, and what they say [count, parts]."""
    looks = [sample(rng) for _ in range(count)]
    ids = torch.tensor([e.ids for e in tokenizer.encode_batch([caption(look, rng) for look in looks])])
    meant = [[names.index(getattr(look, part)) for part, names in PARTS.items()] for look in looks]
    return ids, torch.tensor(meant)


def main() -> None:
    options = arguments(batch=512, rate=4e-3, seed=7)
    tokenizer = Tokenizer.from_file(str(options.folder / "tokenizer.json"))
    torch.manual_seed(options.seed)
    text, asking = TextEncoder(tokenizer.get_vocab_size()), Asking()
    run = Training(options.folder / "words.pt", options, {"text": text, "asking": asking})
    rng = random.Random(run.seed)
    while True:
        ids, meant = (x.to(options.device) for x in captions(options.batch, rng, tokenizer))
        answers = list(zip(PARTS, asking(text(ids)), meant.unbind(1)))
        right = {part: (scores.argmax(1) == names).float().mean().item() for part, scores, names in answers}
        if not run.step(sum(F.cross_entropy(scores, names) for _, scores, names in answers), options.batch, **right):
            break


if __name__ == "__main__":
    main()
