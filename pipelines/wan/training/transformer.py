"""Wan 2.1's causal transformer (arXiv 2503.20314, section 4.2) for training: several frames at once, or one after another."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from positions import local_biases, turn
from stamp import CHANNELS as STAMP

EPS = 1e-6
LATENT = 16


@dataclass(frozen=True)
class Config:
    """Measures, as config.json has them."""

    dim: int = 256
    ffn: int = 1024
    heads: int = 8
    layers: int = 6
    patch: int = 4
    frequencies: int = 256
    text: int = 128
    window: int = 4


class Attention(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))
        self.norm_q, self.norm_k = nn.RMSNorm(dim, EPS), nn.RMSNorm(dim, EPS)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.dim, self.heads = c.dim, c.heads
        self.modulation = nn.Parameter(torch.zeros(1, 6, c.dim))
        self.self_attn, self.cross_attn = Attention(c.dim), Attention(c.dim)
        self.norm3 = nn.LayerNorm(c.dim, EPS)
        self.ffn = nn.Sequential(nn.Linear(c.dim, c.ffn), nn.GELU("tanh"), nn.Linear(c.ffn, c.dim))
        # Gates are open and what passes them is nothing: branches come in as they learn.
        self.modulation.data[:, [2, 5]] = 1
        for layer in (self.self_attn.o, self.cross_attn.o, self.ffn[2]):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        local_biases(self.self_attn, c.heads)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1))

    def read(self, text: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values [texts, heads, length, depth] of embedded texts [texts, length, dim]."""
        a = self.cross_attn
        return self.split(a.norm_k(a.k(text))).transpose(1, 2), self.split(a.v(text)).transpose(1, 2)

    def forward(self, x: Tensor, time: Tensor, text: tuple[Tensor, Tensor], angles: Tensor, attend) -> Tensor:
        """
        x [batch, frames, tokens, dim], time [batch, frames, 6, dim], text keys and values
        [batch * frames, heads, length, depth], angles [frames, tokens, depth / 2]. `attend(q, k, v)`, each
        [batch, frames, tokens, heads, depth], is how frames see each other.
        """
        m = (self.modulation + time).unsqueeze(3).unbind(2)
        plain = lambda y: F.layer_norm(y, (self.dim,), eps=EPS)
        a = self.self_attn
        y = plain(x) * (1 + m[1]) + m[0]
        q, k = (turn(self.split(n(f(y))), angles) for n, f in ((a.norm_q, a.q), (a.norm_k, a.k)))
        x = x + m[2] * a.o(attend(q, k, self.split(a.v(y))).flatten(-2))
        a = self.cross_attn
        asked = self.split(a.norm_q(a.q(self.norm3(x)))).flatten(0, 1).transpose(1, 2)
        told = F.scaled_dot_product_attention(asked, *text).transpose(1, 2).flatten(-2)
        x = x + a.o(told).view_as(x)
        return x + m[5] * self.ffn(plain(x) * (1 + m[4]) + m[3])


class Head(nn.Module):
    def __init__(self, dim: int, out: int):
        super().__init__()
        self.modulation = nn.Parameter(torch.zeros(1, 2, dim))
        self.head = nn.Linear(dim, out)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        shift, scale = (self.modulation + embedding.unsqueeze(2)).unsqueeze(3).unbind(2)
        return self.head(F.layer_norm(x, (x.shape[-1],), eps=EPS) * (1 + scale) + shift)


class Transformer(nn.Module):
    """Says what the clean latents are, not the flow: patches have as many numbers as tokens (Li & He 2025, arXiv 2511.13720)."""

    def __init__(self, config: Config = Config()):
        super().__init__()
        c = self.config = config
        self.patch_embedding = nn.Conv3d(LATENT + STAMP, c.dim, (1, c.patch, c.patch), stride=(1, c.patch, c.patch))
        self.text_embedding = nn.Sequential(nn.Linear(c.text, c.dim), nn.GELU("tanh"), nn.Linear(c.dim, c.dim))
        self.time_embedding = nn.Sequential(nn.Linear(c.frequencies, c.dim), nn.SiLU(), nn.Linear(c.dim, c.dim))
        self.time_projection = nn.Sequential(nn.SiLU(), nn.Linear(c.dim, 6 * c.dim))
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.head = Head(c.dim, LATENT * c.patch**2)
        # Noise comes in quietly: in the first step it says nothing.
        self.patch_embedding.weight.data[:, :LATENT] *= 0.2
        nn.init.zeros_(self.time_projection[1].weight)
        nn.init.zeros_(self.time_projection[1].bias)

    def read(self, embeddings: Tensor, of: Tensor) -> list[tuple[Tensor, Tensor]]:
        """
        What texts are to each block, for every frame of a batch: embeddings [texts, length, width], of [batch, frames],
        the number of each frame's text.
        """
        texts, places = self.text_embedding(embeddings), of.flatten()
        return [tuple(x[places] for x in block.read(texts)) for block in self.blocks]

    def forward(self, x: Tensor, stamp: Tensor, sigma: Tensor, text, angles: Tensor, attend) -> Tensor:
        """
        Clean latents, of x [batch, frames, 16, rows, columns], stamp [batch, STAMP, rows, columns], sigma [batch, frames];
        text as `read` gives it; angles [frames, tokens, depth / 2]; attend(layer) -> how that layer's frames see.
        """
        batch, frames, _, rows, columns = x.shape
        p = self.config.patch
        seen = torch.cat([x, stamp[:, None].expand(-1, frames, -1, -1, -1)], 2)
        y = self.patch_embedding(seen.flatten(0, 1).unsqueeze(2)).flatten(2).transpose(1, 2)
        y = y.unflatten(0, (batch, frames))
        e = self.time_embedding(sinusoid(1000 * sigma, self.config.frequencies))
        time = self.time_projection(e).unflatten(-1, (6, -1))
        for layer, block in enumerate(self.blocks):
            y = block(y, time, text[layer], angles, attend(layer))
        y = self.head(y, e).view(batch, frames, rows // p, columns // p, p, p, LATENT)
        return y.permute(0, 1, 6, 2, 4, 3, 5).reshape(x.shape)


def sinusoid(t: Tensor, length: int) -> Tensor:
    half = length // 2
    w = 10000.0 ** (-torch.arange(half, device=t.device, dtype=torch.float64) / half)
    angles = t.double()[..., None] * w
    return torch.cat([angles.cos(), angles.sin()], -1).float()
