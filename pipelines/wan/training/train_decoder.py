"""Trains the decoder to give the world's pictures back from their latents, and writes the whole autoencoder.

    python train_decoder.py LATENTS OUT --checkpoint FILE [--steps 2400] [--minutes 30]

A run that was stopped goes on from its checkpoint; one that is through writes OUT again. Ten minutes on one
core are some 1,200 steps.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from autoencoder import Half, decoder, parameters
from clips import Pool, clip
from decoder_start import start
from latents import Latents, psnr
from linear_encoder import linear_encoder
from muon import Muon

SIZE = 256
WIDTHS = (64, 32, 16, 16)
RATE = 2e-3
NOISE = 0.15
"""What is added to latents, at most: those of the transformer are not quite right either."""

SHAPES = ((6, 8, 96), (6, 8, 96), (3, 16, 96), (2, 12, 128))
"""Clips, frames and side of the crops of a step; the last two show it a longer past and more around."""


@dataclass
class Progress:
    """How far a run has got."""

    step: int = 0
    seconds: float = 0.0


def batch(pool: Pool, latents: Latents, rng: random.Random, device: torch.device) -> tuple[Tensor, Tensor]:
    """Latents with noise and the frames that they stand for; some clips fade into others, as prompts do."""
    count, frames, size = rng.choice(SHAPES)
    pool.renew(0.3)
    clips = pool.crops(2 * count, frames, size).to(device)
    ramp = torch.linspace(0, 1, frames, device=device)[:, None, None, None]
    fades = torch.stack([ramp if rng.random() < 0.2 else ramp * 0 for _ in range(count)])
    target = torch.lerp(clips[:count], clips[count:], fades)
    z = latents.encode(target)
    level = torch.tensor([rng.uniform(0, NOISE) for _ in range(count)], device=device)
    return z + level[:, None, None, None, None] * torch.randn_like(z), target


def loss(ours: Tensor, target: Tensor, edges: float, skipped: int) -> Tensor:
    """Pixels, and with the weight `edges` their differences; `skipped` frames at the start do not count."""
    ours, target = ours[:, skipped:], target[:, skipped:]
    error = ours - target
    both = 0.5 * error.abs().mean() + 3 * error.square().mean()
    if edges:
        both = both + edges * sum(error.diff(dim=axis).abs().mean() for axis in (-1, -2))
    return both


def factor(progress: float) -> float:
    """Of the rate: a short warm-up, then linearly down to nothing."""
    return min(1.0, progress / 0.01 + 0.05) * (1 - progress)


def measure(model: Half, latents: Latents, clips: list[Tensor]) -> tuple[float, float]:
    """Mean PSNR in decibels over clips, at a stream's start and after it: frames 3 to 7, and the rest."""
    young, later = [], []
    with torch.no_grad():
        for frames in clips:
            ours = model(latents.encode(frames)[None])[0]
            young.append(psnr(ours[:, 3:8], frames[None, 3:8]))
            later.append(psnr(ours[:, 8:], frames[None, 8:]))
    return torch.cat(young).mean().item(), torch.cat(later).mean().item()


def save(file: Path, model: Half, latents: Latents) -> None:
    """Writes both halves as the runtime names them; the encoder needs no training."""
    halves = {"encoder": linear_encoder(latents), "decoder": model}
    named: dict[str, Tensor] = {}
    for half, layers in halves.items():
        named |= {f"{half}.{name}": w.cpu().contiguous() for name, w in layers.state_dict().items()}
    save_file(named, file)


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("latents", type=Path)
    parser.add_argument("out", type=Path, help="file to write, .safetensors: both halves")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2400, help="in all; the rate falls to nothing by then")
    parser.add_argument("--minutes", type=float, default=600, help="stop after this long, to go on later")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    device = torch.device(options.device)
    torch.manual_seed(options.seed)
    latents = Latents.load(options.latents)
    model = decoder(WIDTHS)
    start(model, latents)
    model = model.to(device, memory_format=torch.channels_last)
    ends = ("1.weight", "22.weight")
    kernels = [w for name, w in model.named_parameters() if w.dim() == 4 and name not in ends]
    rest = [w for w in model.parameters() if not any(w is kernel for kernel in kernels)]
    optimisers = [Muon(kernels, RATE), torch.optim.AdamW(rest, RATE, betas=(0.9, 0.98), weight_decay=0.0)]
    mean, progress = deepcopy(model), Progress()
    if options.checkpoint.exists():
        state = torch.load(options.checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        mean.load_state_dict(state["mean"])
        for optimiser, held in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(held)
        progress = Progress(**state["progress"])

    latents = latents.to(device)
    held = [clip(random.Random(f"held {i}"), SIZE, 16)[1].to(device) for i in range(12)]
    seed = f"{options.seed} {progress.step}"
    rng, pool = random.Random(seed), Pool(seed, SIZE, 24, 32)
    print(f"{parameters(model)} parameters, from step {progress.step}", flush=True)
    until, cost, last = time.monotonic() + 60 * options.minutes, 0.0, progress.step >= options.steps
    while not last:
        began, done = time.monotonic(), progress.step / options.steps
        z, target = batch(pool, latents, rng, device)
        ours, _ = model(z)
        # Half of the time the first latent is only the past of the others.
        error = loss(ours, target, 0.5 * (done > 0.35), 4 * (rng.random() < 0.5))
        error.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = RATE * factor(done)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        progress.step += 1
        cost += (error.item() - cost) / min(50, progress.step)
        average(mean, model, progress.step)
        now = time.monotonic()
        progress.seconds += now - began
        last = progress.step >= options.steps or now > until
        if progress.step % options.every == 0 or last:
            young, old = measure(mean, latents, held)
            line = f"step {progress.step}  {progress.seconds:.0f} s  loss {cost:.4f}"
            print(f"{line}  start {young:.2f} dB  later {old:.2f} dB", flush=True)
            checkpoint(options.checkpoint, {"model": model, "mean": mean}, optimisers, progress)
    save(options.out, mean, latents.to("cpu"))


def average(mean: Half, model: Half, step: int) -> None:
    """Follows the weights with a mean of the last hundred steps, of fewer at first."""
    with torch.no_grad():
        for held, weight in zip(mean.parameters(), model.parameters(), strict=True):
            held.lerp_(weight, max(0.01, 1 / step))


def checkpoint(
    file: Path,
    halves: dict[str, Half],
    optimisers: list[torch.optim.Optimizer],
    progress: Progress,
) -> None:
    """Writes all that a run needs to go on, whole or not at all."""
    state = {
        **{name: half.state_dict() for name, half in halves.items()},
        "optimisers": [optimiser.state_dict() for optimiser in optimisers],
        "progress": vars(progress),
    }
    part = file.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, file)


if __name__ == "__main__":
    main()
