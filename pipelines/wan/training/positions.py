"""Rotary positions in time, rows and columns (Su et al. 2021, arXiv 2104.09864) as Wan 2.1 divides a head among them."""

import torch
from torch import Tensor, nn

# Relative magnitude of the biases that make a head look at one place.
LOCAL = 2.8


def frequencies(pairs: int) -> list[Tensor]:
    """Radians a step of the pairs of a head: for time, rows, columns."""
    side = pairs // 3
    return [10000.0 ** (-torch.arange(n).double() / n) for n in (pairs - 2 * side, side, side)]


def angles(frames: Tensor, rows: int, columns: int, pairs: int) -> Tensor:
    """Angles [frames, rows * columns, pairs] of frames at these positions in time, on a grid of tokens."""
    grid = torch.meshgrid(frames.double(), *(torch.arange(n).double() for n in (rows, columns)), indexing="ij")
    parts = [at[..., None] * w for at, w in zip(grid, frequencies(pairs))]
    return torch.cat(parts, -1).flatten(1, 2).float()


def turn(x: Tensor, angles: Tensor) -> Tensor:
    """Turns neighbouring pairs of x [..., frames, tokens, heads, depth] by angles [frames, tokens, depth / 2]."""
    cos, sin = angles.cos()[:, :, None], angles.sin()[:, :, None]
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


def local_biases(attention: nn.Module, heads: int) -> None:
    """
    Makes the first four heads look at the same place 0, 1, 2 and 3 frames back, by biases of the pairs that turn fastest:
    without them the past is found late, or never.
    """
    depth = attention.q.bias.numel() // heads
    pairs = depth // 2
    time, row, _ = frequencies(pairs)
    first_row, first_column = len(time), len(time) + len(row)
    with torch.no_grad():
        q, k = (layer.bias.zero_().view(heads, pairs, 2) for layer in (attention.q, attention.k))
        for back in range(min(4, heads)):
            for pair, w in ((0, time[0]), (1, time[1]), (first_row, 0.0), (first_column, 0.0)):
                shift = torch.tensor(-back * float(w))
                k[back, pair, 0] = LOCAL
                q[back, pair, 0], q[back, pair, 1] = LOCAL * shift.cos(), LOCAL * shift.sin()
        attention.norm_q.weight.fill_(1.5)
        attention.norm_k.weight.fill_(1.5)
