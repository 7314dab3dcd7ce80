"""How frames see each other. Each way is `attend(q, k, v)`, all [batch, frames, tokens, heads, depth]."""

import torch
import torch.nn.functional as F
from torch import Tensor


def mixed(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention of q [..., queries, heads, depth] over k and v [..., keys, heads, depth]."""
    shape = q.shape
    q, k, v = (x.flatten(0, -4).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(shape)


def alone(_layer: int):
    """Each frame sees itself, as the first of a stream."""
    return mixed


class Cache:
    """One frame after another, with the keys and values of those before: as a stream is made. Gradients flow through it."""

    def __init__(self, layers: int, window: int):
        self.past: list[list[tuple[Tensor, Tensor]]] = [[] for _ in range(layers)]
        self.window = window
        self.keeps = False

    def __call__(self, layer: int):
        def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            past = self.past[layer]
            seen = mixed(q, *(torch.cat([*(p[i] for p in past), x], 2) for i, x in enumerate((k, v))))
            if self.keeps:
                past.append((k, v))
                del past[: -(self.window - 1)]
            return seen

        return attend
