"""How the decoder's training starts: with the colours of each frame right, at the size of latents and
smoothed.

Twelve channels, then six, then three carry the mean colours of blocks through all levels; the others are
random and learn the shapes. Without that, colours wander for a thousand steps.
"""

from __future__ import annotations

import torch

from autoencoder import DoublingConv, Half, MemBlock, TGrow, initialise
from latents import FRAMES, Latents

COLOURS = 3


@torch.no_grad()
def start(half: Half, latents: Latents) -> None:
    """Fills the weights of a decoder."""
    initialise(half)
    carried = FRAMES * COLOURS
    layers = dict(half.named_children())
    # Mean colour of a block in each frame, ordered frame, colour.
    basis = (latents.basis / latents.scale[:, None]).unflatten(1, (COLOURS, FRAMES, -1)).mean(-1)
    mean = latents.mean.unflatten(0, (COLOURS, FRAMES, -1)).mean(-1)
    layers["1"].weight[:carried] = 0
    layers["1"].weight[:carried, :, 1, 1] = basis.permute(2, 1, 0).flatten(0, 1)
    layers["1"].bias[:carried] = mean.T.flatten()
    smooth = torch.tensor([0.25, 0.5, 0.25])
    for layer in layers.values():
        if isinstance(layer, MemBlock):
            layer.conv[4].weight[:carried] = 0
        elif isinstance(layer, TGrow):
            split(layer, carried)
            carried //= layer.stride
        elif isinstance(layer, DoublingConv):
            layer.weight[:carried] = 0
            for channel in range(carried):
                layer.weight[channel, channel] = torch.outer(smooth, smooth)
    layers["22"].weight *= 0.1
    layers["22"].weight[:, :COLOURS] = 0
    layers["22"].weight[:, :COLOURS, 1, 1] = torch.eye(COLOURS)


def split(layer: TGrow, carried: int) -> None:
    """The first frame gets the first of the channels that are carried, the next one the next."""
    width, part = layer.conv.in_channels, carried // layer.stride
    for frame in range(layer.stride):
        rows = slice(frame * width, frame * width + part)
        layer.conv.weight[rows] = 0
        layer.conv.weight[rows, frame * part : (frame + 1) * part, 0, 0] = torch.eye(part)
