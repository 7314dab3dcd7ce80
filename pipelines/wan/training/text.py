"""The text encoder: UMT5's (Chung et al. 2023, arXiv 2304.09151) at small widths, under the names of Wan's files."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, HIDDEN, HEADS, LAYERS = 128, 256, 4, 2
# Bias of a head towards the place that it looks at to begin with.
NEAR = 4.0


class Norm(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, 1e-6)


class Attention(nn.Module):
    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))
        for layer in (self.k, self.v, self.o):
            nn.init.normal_(layer.weight, std=dim**-0.5)
        nn.init.normal_(self.q.weight, std=(dim * dim / heads) ** -0.5)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        # T5 does not scale its queries.
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
        return self.o(seen.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, dim: int, hidden: int):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(dim, hidden, bias=False))
        self.fc1 = nn.Linear(dim, hidden, bias=False)
        self.fc2 = nn.Linear(hidden, dim, bias=False)
        for layer, inputs in ((self.gate[0], dim), (self.fc1, dim), (self.fc2, hidden)):
            nn.init.normal_(layer.weight, std=inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.fc1(x) * F.gelu(self.gate(x), approximate="tanh"))


class Positions(nn.Module):
    def __init__(self, heads: int):
        super().__init__()
        self.embedding = nn.Embedding(32, heads)
        nn.init.normal_(self.embedding.weight, std=0.2)
        self.look_around()

    def look_around(self) -> None:
        """
        Makes the first three heads look at the word before, the one after, and the one before that: what makes a colour the
        ground's is an "on" before it or a "background" after it, and without these heads that is not found.
        """
        with torch.no_grad():
            for head, bucket in enumerate((1, 17, 2)):
                self.embedding.weight[bucket, head] = NEAR


class Block(nn.Module):
    def __init__(self, dim: int, hidden: int, heads: int):
        super().__init__()
        self.norm1, self.norm2 = Norm(dim), Norm(dim)
        self.attn, self.ffn = Attention(dim, heads), FeedForward(dim, hidden)
        self.pos_embedding = Positions(heads)

    def forward(self, x: Tensor, buckets: Tensor, mask: Tensor) -> Tensor:
        bias = self.pos_embedding.embedding(buckets).permute(2, 0, 1)[None] + mask
        x = x + self.attn(self.norm1(x), bias)
        return x + self.ffn(self.norm2(x))


class TextEncoder(nn.Module):
    def __init__(self, vocabulary: int):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, HIDDEN, HEADS) for _ in range(LAYERS))
        self.norm = Norm(WIDTH)

    def forward(self, ids: Tensor) -> Tensor:
        """Embeddings [texts, length, width] of ids [texts, length]; padding (0) is not attended to, and is zero."""
        present = ids != 0
        mask = torch.zeros(ids.shape, device=ids.device).masked_fill(~present, -1e9)[:, None, None]
        x = self.token_embedding(ids)
        spots = buckets(ids.shape[1], ids.device)
        for block in self.blocks:
            x = block(x, spots, mask)
        return self.norm(x) * present[..., None]


def buckets(length: int, device: torch.device) -> Tensor:
    """T5's buckets of relative positions (Raffel et al. 2020, arXiv 1910.10683), [queries, keys]."""
    at = torch.arange(length, device=device)
    relative = at[None] - at[:, None]
    near = relative.abs()
    far = 8 + (torch.log(near.clamp(min=1) / 8) / math.log(128 / 8) * 8 + 1e-6).floor().long()
    return (relative > 0) * 16 + torch.where(near < 8, near, far.clamp(max=15))
