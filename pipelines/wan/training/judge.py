"""The judge of patterns: a small network that sees shapes and no colours. A page of pictures in, a name out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from world import PATTERNS

SIDE = 64
WIDTHS = (3, 16, 32, 48, 64)


class Judge(nn.Module):
    """Pictures [N, 3, 64, 64] of 0 to 1 -> [N, patterns]: how much each of `world.PATTERNS` speaks for itself."""

    def __init__(self) -> None:
        super().__init__()
        pairs = zip(WIDTHS[:-1], WIDTHS[1:], strict=True)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in WIDTHS[1:])
        self.head = nn.Linear(WIDTHS[-1], len(PATTERNS))

    def forward(self, pictures: Tensor) -> Tensor:
        x = pictures - 0.5
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = norm(conv(x)).relu()
        return self.head(x.mean((2, 3)))

    @torch.no_grad()
    def unfold(self, tensors: dict[str, Tensor], pictures: Tensor) -> None:
        """Goes on from what `folded` gave: the norms are set so that such pictures [N, 3, 64, 64] pass through as before."""
        x = pictures - 0.5
        for at, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            conv.weight.copy_(tensors[f"conv.{at}.weight"])
            x = conv(x)
            variance, mean = torch.var_mean(x, (0, 2, 3))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.copy_(mean + tensors[f"conv.{at}.bias"])
            x = (x + tensors[f"conv.{at}.bias"][:, None, None]).relu()
        self.head.weight.copy_(tensors["head.weight"])
        self.head.bias.copy_(tensors["head.bias"])

    @torch.no_grad()
    def folded(self) -> dict[str, Tensor]:
        """The weights in fp16 with the norms inside the convolutions: `conv.N.weight`, `conv.N.bias`, `head.*`."""
        tensors = {"head.weight": self.head.weight, "head.bias": self.head.bias}
        for at, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            gain = norm.weight / (norm.running_var + norm.eps).sqrt()
            tensors[f"conv.{at}.weight"] = conv.weight * gain[:, None, None, None]
            tensors[f"conv.{at}.bias"] = norm.bias - norm.running_mean * gain
        return {name: tensor.half().contiguous() for name, tensor in tensors.items()}
