"""Muon (Keller Jordan, 2024) for matrices, and for kernels of convolutions as matrices [out, in * rows * columns]."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def orthogonalised(gradient: Tensor, steps: int = 5) -> Tensor:
    """
    The nearest orthogonal matrix, about: singular values of .7 to 1.2, by Newton-Schulz iterations of degree five. In the
    gradient's own precision: on a CPU half of it is half as fast.
    """
    x = gradient / (gradient.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Steps of an RMS of .2 times the rate, as large as AdamW's: one rate fits both."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                held = state.setdefault("momentum", torch.zeros_like(weight))
                held.lerp_(weight.grad, 1 - group["momentum"])
                update = weight.grad.lerp(held, group["momentum"]).flatten(1)
                wide = max(update.shape) ** 0.5
                weight.add_(orthogonalised(update).view_as(weight), alpha=-0.2 * wide * group["lr"])
