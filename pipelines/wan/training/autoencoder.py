"""The tiny streaming autoencoder TAEHV (madebyollin/taehv) at widths of one's own, named as its files name
it.

The maths is the runtime's: convolutions frame by frame, each block seeing its own input of the frame before,
zeros before a stream starts. Pictures are 0 to 1; latents [N, T, 16, H/8, W/8] stand for 4 T frames [N, 4 T,
3, H, W].
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 16

Memory = list[Tensor]
"""The last input of each block, [N, C, h, w], in the order of the blocks."""


class MemBlock(nn.Module):
    """Three convolutions over this frame and the one before it, with a way around them; `inner` wide
    inside.
    """

    def __init__(self, width: int, inner: int | None = None) -> None:
        super().__init__()
        inner = inner or width
        self.conv = nn.Sequential(
            nn.Conv2d(2 * width, inner, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, inner, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, width, 3, padding=1),
        )

    def forward(self, x: Tensor, clips: int, before: Tensor | None) -> tuple[Tensor, Tensor]:
        """`x` [clips * T, C, h, w], `before` [clips, C, h, w] or nothing for zeros -> the same and the new
        memory.
        """
        frames = x.unflatten(0, (clips, -1))
        first = torch.zeros_like(frames[:, :1]) if before is None else before.unsqueeze(1)
        previous = torch.cat([first, frames[:, :-1]], 1).flatten(0, 1)
        y = self.conv(torch.cat([x, previous], 1))
        return F.relu(y + x), frames[:, -1].detach()


class TPool(nn.Module):
    """`stride` frames into one by a convolution of one point."""

    def __init__(self, width: int, out: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv2d(width * stride, out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.unflatten(0, (-1, self.stride)).flatten(1, 2))


class TGrow(nn.Module):
    """One frame into `stride` frames by a convolution of one point, the earlier frame first."""

    def __init__(self, width: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv2d(width, width * stride, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).unflatten(1, (self.stride, -1)).flatten(0, 1)


class DoublingConv(nn.Conv2d):
    """Each pixel repeated twice along both sides, then a convolution 3x3: done as one of four times the
    channels before the doubling, which gives the same numbers several times as fast where channels are few.
    """

    def __init__(self, width: int, out: int) -> None:
        super().__init__(width, out, 3, padding=1, bias=False)
        # [half of the doubled pixel, tap on the pixels, tap on the doubled pixels].
        taps = torch.tensor([[[1, 0, 0], [0, 1, 1], [0, 0, 0]], [[0, 0, 0], [1, 1, 0], [0, 0, 1]]])
        self.register_buffer("taps", taps.float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = torch.einsum("ocyx,pay,qbx->opqcab", self.weight, self.taps, self.taps).flatten(0, 2)
        kernel = kernel.contiguous(memory_format=torch.channels_last)
        return F.pixel_shuffle(F.conv2d(x, kernel, padding=1), 2)


class Half(nn.Module):
    """Layers numbered as in the files; those without weights have numbers too."""

    def __init__(self, layers: dict[int, nn.Module]) -> None:
        super().__init__()
        for number, layer in layers.items():
            self.add_module(str(number), layer)

    def forward(self, x: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """[N, T, C, h, w] with the memory of a stream, nothing at its start -> what comes out and the new
        memory.
        """
        clips, after = x.shape[0], []
        x = x.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        for layer in self.children():
            if isinstance(layer, MemBlock):
                x, seen = layer(x, clips, memory[len(after)] if memory else None)
                after.append(seen)
            else:
                x = layer(x)
        return x.unflatten(0, (clips, -1)), after


class SoftClamp(nn.Module):
    """A latent far out would burn in through the memories."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * torch.tanh(x / 3)


def decoder(widths: tuple[int, int, int, int] = (64, 32, 16, 8)) -> Half:
    """Latents -> pictures, not clamped. `widths` at an eighth, a quarter, half and the full size."""
    a, b, c, d = widths
    layers: dict[int, nn.Module] = {0: SoftClamp(), 1: nn.Conv2d(CHANNELS, a, 3, padding=1)}
    layers[2] = nn.ReLU(inplace=True)
    for first, width, out, stride in ((3, a, b, 1), (9, b, c, 2), (15, c, d, 2)):
        layers |= {number: MemBlock(width) for number in range(first, first + 3)}
        layers |= {first + 4: TGrow(width, stride), first + 5: DoublingConv(width, out)}
    return Half(layers | {21: nn.ReLU(inplace=True), 22: nn.Conv2d(d, 3, 3, padding=1)})


def encoder(widths: tuple[int, int, int, int], inner: int | None = None) -> Half:
    """Pictures -> latents. `widths` at the full size, half, a quarter and an eighth; blocks are `inner` wide
    inside.
    """
    layers: dict[int, nn.Module] = {0: nn.Conv2d(3, widths[0], 3, padding=1), 1: nn.ReLU()}
    for level, (first, stride) in enumerate(((2, 2), (7, 2), (12, 1))):
        before, width = widths[level : level + 2]
        pooled = before * stride
        layers[first] = TPool(before, pooled, stride)
        layers[first + 1] = nn.Conv2d(pooled, width, 3, padding=1, stride=2, bias=False)
        layers |= {number: MemBlock(width, inner) for number in range(first + 2, first + 5)}
    return Half(layers | {17: nn.Conv2d(widths[3], CHANNELS, 3, padding=1)})


def initialise(half: Half, block: float = 0.2) -> None:
    """Kaiming-normal weights; the last convolution of a block is small and growing in time repeats the frame:
    otherwise some thirty convolutions without a norm kill the signal.
    """
    for layer in half.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    for layer in half.modules():
        if isinstance(layer, MemBlock):
            layer.conv[4].weight.data *= block
        elif isinstance(layer, TGrow):
            width = layer.conv.in_channels
            layer.conv.weight.data.copy_(torch.eye(width).repeat(layer.stride, 1)[:, :, None, None])
        elif isinstance(layer, DoublingConv):
            # A doubled pixel is seen nine times, but is the same one four times.
            layer.weight.data *= 0.7


def parameters(half: Half) -> int:
    """How many numbers the weights are."""
    return sum(weight.numel() for weight in half.parameters())


def check() -> None:
    """A stream in pieces gives what it gives whole, and doubling before or after the convolution is the
    same.
    """
    torch.manual_seed(1)
    conv, x = DoublingConv(5, 7), torch.randn(2, 5, 6, 9)
    plain = F.conv2d(F.interpolate(x, scale_factor=2), conv.weight, padding=1)
    assert torch.allclose(conv(x), plain, atol=1e-5)
    model, latents = decoder((16, 8, 4, 4)), torch.randn(2, 5, CHANNELS, 4, 6)
    initialise(model)
    whole, _ = model(latents)
    first, memory = model(latents[:, :2])
    rest, _ = model(latents[:, 2:], memory)
    assert whole.shape == (2, 20, 3, 32, 48)
    assert torch.allclose(whole, torch.cat([first, rest], 1), atol=1e-5)


if __name__ == "__main__":
    check()
