"""The autoencoder of Wan 2.1 (arXiv 2503.20314, section 4.1), streaming, as plain PyTorch. Pictures are [1, channels, frames, h, w]."""

import torch
import torch.nn.functional as F
from torch import nn


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, 1, 1, 1))

    def forward(self, x):
        return F.normalize(x, dim=1) * (x.shape[1] ** 0.5 * self.gamma)


class Causal(nn.Conv3d):
    """Sees this frame and the two before it, which it remembers."""

    def __init__(self, inner, out):
        super().__init__(inner, out, 3, padding=(0, 1, 1))
        self.past = None

    def forward(self, x):
        past = x.new_zeros(*x.shape[:2], 2, *x.shape[3:]) if self.past is None else self.past
        x = torch.cat([past, x], 2)
        self.past = x[:, :, -2:].clone()
        return super().forward(x)


class Res(nn.Module):
    def __init__(self, inner, out):
        super().__init__()
        self.layers = nn.Sequential(Norm(inner), nn.SiLU(), Causal(inner, out), Norm(out), nn.SiLU(), Causal(out, out))
        self.shortcut = nn.Conv3d(inner, out, 1) if inner != out else nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.layers(x)


def each_frame(layer, x):
    """A layer for single pictures over all frames."""
    frames = x.shape[2]
    return layer(x.transpose(1, 2).flatten(0, 1)).unflatten(0, (-1, frames)).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm, self.qkv, self.proj = Norm(channels), nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def seen(self, x):
        q, k, v = self.qkv(x).flatten(2).transpose(1, 2)[:, None].chunk(3, -1)
        return self.proj(F.scaled_dot_product_attention(q, k, v)[:, 0].transpose(1, 2).reshape(x.shape))

    def forward(self, x):
        return x + each_frame(self.seen, self.norm(x))


class Down(nn.Module):
    def __init__(self, channels, temporal):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)
        self.time = nn.Conv3d(channels, channels, (3, 1, 1), stride=(2, 1, 1)) if temporal else None
        self.past = None

    def forward(self, x):
        x = each_frame(lambda y: self.conv(F.pad(y, (0, 1, 0, 1))), x)
        if self.time is None:
            return x
        past, self.past = self.past, x[:, :, -1:].clone()
        return x if past is None else self.time(torch.cat([past, x], 2))


class Up(nn.Module):
    def __init__(self, channels, temporal):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels // 2, 3, padding=1)
        self.time = nn.Conv3d(channels, 2 * channels, (3, 1, 1)) if temporal else None
        self.past = None

    def forward(self, x):
        if self.time is not None and self.past is None:
            self.past = torch.zeros_like(x[:, :, :1]).repeat(1, 1, 2, 1, 1)
        elif self.time is not None:
            x = torch.cat([self.past, x], 2)
            self.past = x[:, :, -2:].clone()
            a, b = self.time(x).chunk(2, 1)
            x = torch.stack([a, b], 3).flatten(2, 3)
        return each_frame(lambda y: self.conv(F.interpolate(y, scale_factor=2, mode="nearest")), x)


class Vae(nn.Module):
    def __init__(self, dim=96, mult=(1, 2, 4, 4), temporal=(False, True, True), channels=16):
        super().__init__()
        widths = [dim * m for m in mult]
        top = widths[-1]
        middle = lambda: [Res(top, top), Attention(top), Res(top, top)]
        tail = lambda width, out: [Norm(width), nn.SiLU(), Causal(width, out)]
        down, width = [Causal(3, dim)], dim
        for level, out in enumerate(widths):
            down += [Res(width, out), Res(out, out)]
            width = out
            if level < len(temporal):
                down.append(Down(out, temporal[level]))
        self.encoder = nn.Sequential(*down, *middle(), *tail(top, 2 * channels), nn.Conv3d(2 * channels, 2 * channels, 1))
        up, width = [nn.Conv3d(channels, channels, 1), Causal(channels, top), *middle()], top
        for level, out in enumerate(reversed(widths)):
            up += [Res(width, out), Res(out, out), Res(out, out)]
            width = out
            if level < len(temporal):
                up.append(Up(out, temporal[::-1][level]))
                width = out // 2
        self.decoder = nn.Sequential(*up, *tail(dim, 3))
        self.channels = channels

    def begin(self):
        """Forgets all streams."""
        for module in self.modules():
            if hasattr(module, "past"):
                module.past = None
        self.encoded = self.decoded = False

    def parts(self, x, begun, together):
        """The first frame of a stream alone, then `together` at a time."""
        first = [] if begun else [1]
        return x.split(first + [together] * ((x.shape[2] - len(first)) // together), 2)

    def encode(self, pixels):
        """Latents [frames, channels, h / 8, w / 8] of pixels [1, 3, frames, h, w]."""
        made = [self.encoder(part)[:, : self.channels] for part in self.parts(pixels, self.encoded, 4)]
        self.encoded = True
        return torch.cat(made, 2)[0].transpose(0, 1)

    def decode(self, latents):
        """Pixels of latents [frames, channels, h / 8, w / 8]: the first latent frame is one frame, every later one four."""
        made = [self.decoder(part) for part in self.parts(latents.transpose(0, 1)[None], self.decoded, 1)]
        self.decoded = True
        return torch.cat(made, 2)
