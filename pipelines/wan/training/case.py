"""
What the trainer makes of the shipped weights, for the runtime to be compared with:
`python case.py ../pocket ../../../test/golden/pocket/case.safetensors`.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from rollout import SIGMAS, Rollout
from shipped import load_shipped
from stamp import stamp

PROMPT = "slow neon cyan tunnel zooming in on purple"
# Latents, which is a quarter of the usual picture, and frames: more than the window holds.
SIDE, FRAMES = 16, 6


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    transformer, text, tokenizer, _ = load_shipped(options.model)
    draw = torch.Generator().manual_seed(4)
    keys = torch.rand(1, 4, generator=draw) * 2 - 1
    ids = torch.tensor([tokenizer.encode(PROMPT).ids])
    read = transformer.read(text(ids), torch.zeros(1, 1, dtype=torch.long))
    stream = Rollout(transformer, stamp(keys, SIDE, SIDE))
    case = {"keys": keys[0], "ids": ids[0]}
    for frame in range(FRAMES):
        noise = [torch.randn(1, 16, SIDE, SIDE, generator=draw) for _ in SIGMAS]
        case |= {f"noise.{frame}.{at}": x for at, x in enumerate(noise)}
        case[f"latents.{frame}"] = stream.step(read, noise)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(case, options.out)


if __name__ == "__main__":
    main()
