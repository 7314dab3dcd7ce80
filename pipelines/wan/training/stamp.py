"""Where each latent lies in the model's world: the part of its input that does not change while a stream goes on."""

import math

import torch
from torch import Tensor

SHIFT, SCALE, TURN, OCTAVES, ARMS = 0.3, 0.25, 0.35, 3, 4
CHANNELS = 6 + 4 * OCTAVES + 2 + 2 * OCTAVES + 2 * ARMS

# Keeps the logarithm and the angle of the centre finite.
NEAR = 0.1


def stamp(keys: Tensor, rows: int, columns: int) -> Tensor:
    """
    Places as seen from a seed's viewpoint, with Fourier series of them (Mildenhall et al. 2020, arXiv 2003.08934): of x and y,
    of the distance from the centre, and of the angle around it.

    keys [batch, 4] of -1 to 1: shift along x and y, scale, turn. Result [batch, CHANNELS, rows, columns].
    """
    half = min(rows, columns) / 2
    y, x = (
        (torch.arange(n, device=keys.device, dtype=keys.dtype) + 0.5 - n / 2) / half for n in (rows, columns)
    )
    k = keys[:, :, None, None]
    dx = x[None, None, :] - SHIFT * k[:, 0]
    dy = y[None, :, None] - SHIFT * k[:, 1]
    angle, size = -TURN * k[:, 3], torch.exp(SCALE * k[:, 2])
    qx = (dx * angle.cos() - dy * angle.sin()) / size
    qy = (dx * angle.sin() + dy * angle.cos()) / size
    r = (qx * qx + qy * qy).sqrt()
    around = torch.atan2(qy, qx)
    channels = [*k.expand(-1, -1, rows, columns).unbind(1), qx, qy]
    octaves = [2**octave * math.pi for octave in range(OCTAVES)]
    for w in octaves:
        channels += [(w * qx).sin(), (w * qx).cos(), (w * qy).sin(), (w * qy).cos()]
    channels += [r, (r + NEAR).log()]
    for w in octaves:
        channels += [(w * r).sin(), (w * r).cos()]
    for arms in range(1, ARMS + 1):
        channels += [(arms * around).sin(), (arms * around).cos()]
    return torch.stack(channels, 1)
