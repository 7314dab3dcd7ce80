"""Muon (Jordan et al. 2024) for the matrices of the blocks, AdamW for the rest, one schedule for both, and an average of weights."""

import torch
from torch import nn

from muon import Muon

# Rate of what is no matrix inside a block, by that of the matrices.
OUTER = 0.4


class Optimiser:
    def __init__(self, modules: dict[str, nn.Module], rate: float, average: float = 0.98):
        named = [(n, p) for key, m in modules.items() for n, p in m.named_parameters(key) if p.requires_grad]
        inner = [p for n, p in named if p.ndim == 2 and ".blocks." in n and "pos_embedding" not in n]
        chosen = {id(p) for p in inner}
        rest = [p for _, p in named if id(p) not in chosen]
        self.parts = [torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)]
        if inner:
            self.parts.append(Muon(inner, rate))
        self.rate, self.average = rate, average
        self.named = named
        self.mean = {n: p.detach().clone() for n, p in named}
        self.count = 0

    def step(self, factor: float) -> None:
        """A step at `factor` times the rate."""
        torch.nn.utils.clip_grad_norm_([p for _, p in self.named], 1.0)
        for part, scale in zip(self.parts, (OUTER, 1.0)):
            for group in part.param_groups:
                group["lr"] = self.rate * factor * scale
            part.step()
            part.zero_grad(set_to_none=True)
        self.count += 1
        keep = min(self.average, 1 - 1 / (self.count + 1))
        for n, p in self.named:
            self.mean[n].lerp_(p.detach(), 1 - keep)

    def state(self) -> dict:
        return {"parts": [p.state_dict() for p in self.parts], "mean": self.mean, "count": self.count}

    def restore(self, state: dict) -> None:
        for part, saved in zip(self.parts, state["parts"]):
            part.load_state_dict(saved)
        for n, value in state["mean"].items():
            if n in self.mean:
                self.mean[n].copy_(value)
        self.count = state["count"]
