"""The encoder, not trained but written down: TAEHV's layers can say the linear map to the latents exactly.

Its strided convolutions gather what a block of pixels holds; its blocks, one channel wide inside and zero,
pass it on. Only the last level holds numbers below zero: an offset carries them past the ReLU, and the last
bias takes it away.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from autoencoder import CHANNELS, Half, MemBlock, encoder
from latents import HALF, LENGTH, Latents

WIDTHS = (3, 6, LENGTH // 4, CHANNELS)
"""Colours; two frames of them; four frames of 2 x 2 averaged pixels; the latents."""


def linear_encoder(latents: Latents) -> Half:
    """The encoder whose latents of pictures of 0 to 1 are those of `latents.encode`."""
    half = encoder(WIDTHS, inner=1)
    for weight in half.parameters():
        nn.init.zeros_(weight)
    layer = dict(half.named_children())
    with torch.no_grad():
        identity(layer["0"].weight)
        for name in ("2", "7", "12"):
            identity(layer[name].conv.weight)
        # A strided kernel of 3 x 3 begins one pixel before its 2 x 2.
        for channel in range(6):
            layer["3"].weight[channel, channel, 1:, 1:] = 0.25
        for frame_colour in range(12):
            for row in range(2):
                for column in range(2):
                    place = frame_colour * 4 + row * 2 + column
                    layer["8"].weight[place, frame_colour, row + 1, column + 1] = 1
        basis = latents.basis * latents.scale[:, None]
        layer["13"].weight[:, :, 1:, 1:] = gathered(basis)
        offset = basis.clamp(max=0).sum(1).neg()
        last = layer["14"]
        assert isinstance(last, MemBlock)
        last.conv[4].bias.copy_(offset)
        identity(layer["17"].weight)
        layer["17"].bias.copy_(-offset - basis @ latents.mean)
    return half


def identity(kernel: Tensor) -> None:
    """Fills a kernel of zeros so that it passes its channels on."""
    rows, columns = kernel.shape[-2:]
    kernel[:, :, rows // 2, columns // 2] = torch.eye(kernel.shape[0])


def gathered(basis: Tensor) -> Tensor:
    """[16, 192] as the kernel [16, 48, 2, 2] of the last strided convolution, on (frame, colour, row, column)
    of 2 x 2.
    """
    cut = basis.view(CHANNELS, 3, 4, HALF // 2, 2, HALF // 2, 2)
    # [16, colour, frame, outer row, row, outer column, column]
    return cut.permute(0, 2, 1, 4, 6, 3, 5).reshape(CHANNELS, LENGTH // 4, 2, 2)


def check() -> None:
    """The latents of noise, which is as far from the world as can be, are those of the linear map."""
    generator = torch.Generator().manual_seed(1)
    basis = torch.linalg.qr(torch.randn(LENGTH, CHANNELS, generator=generator))[0].T
    mean, scale = torch.full((LENGTH,), 0.4), torch.linspace(0.7, 3, CHANNELS)
    latents = Latents(mean, basis, scale)
    frames = torch.rand(2, 12, 3, 32, 48, generator=generator)
    assert torch.allclose(linear_encoder(latents)(frames)[0], latents.encode(frames), atol=1e-4)


if __name__ == "__main__":
    check()
