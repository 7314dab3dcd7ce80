"""
Several processes that each learn from batches of their own, as one: `torchrun --nproc-per-node 2 train_streams.py …`. On a
processor, two of one thread each do half as much again as one of two threads.
"""

import os
from collections.abc import Iterable

import torch
import torch.distributed as dist
from torch import Tensor

RANK, COUNT = (int(os.environ.get(name, usual)) for name, usual in (("RANK", 0), ("WORLD_SIZE", 1)))


def agree(parameters: Iterable[Tensor], own: float) -> float:
    """Gives every process the mean of all gradients, and of a number."""
    if COUNT == 1:
        return own
    if not dist.is_initialized():
        dist.init_process_group("gloo")
    known = [p for p in parameters if p.grad is not None]
    flat = torch.cat([*(p.grad.flatten() for p in known), torch.tensor([own])])
    dist.all_reduce(flat)
    flat /= COUNT
    *means, number = flat.split([*(p.numel() for p in known), 1])
    for p, mean in zip(known, means):
        p.grad.copy_(mean.view_as(p))
    return number.item()
