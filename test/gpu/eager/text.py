"""The encoder of UMT5 (Chung et al. 2023, arXiv 2304.09151), as plain PyTorch."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Norm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-6)).to(x.dtype) * self.weight


class Layer(nn.Module):
    def __init__(self, dim, hidden, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = Norm(dim), Norm(dim)
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))
        self.gate, self.fc1 = (nn.Linear(dim, hidden, bias=False) for _ in range(2))
        self.fc2 = nn.Linear(hidden, dim, bias=False)
        self.positions = nn.Embedding(32, heads)

    def forward(self, x, buckets):
        h = self.norm1(x)
        q, k, v = (f(h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        bias = self.positions(buckets).permute(2, 0, 1)[None]
        # Queries are not scaled in T5; the kernel scales by the root of the depth.
        seen = F.scaled_dot_product_attention(q * math.sqrt(q.shape[-1]), k, v, attn_mask=bias)
        x = x + self.o(seen.transpose(1, 2).flatten(2))
        h = self.norm2(x)
        return x + self.fc2(self.fc1(h) * F.gelu(self.gate(h), approximate="tanh"))


class Umt5(nn.Module):
    def __init__(self, vocab, dim, hidden, heads, layers):
        super().__init__()
        self.table = nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList(Layer(dim, hidden, heads) for _ in range(layers))
        self.norm = Norm(dim)

    def forward(self, ids):
        """Embeddings [tokens, dim] of ids [tokens]."""
        at = torch.arange(len(ids), device=ids.device)
        far = at[None] - at[:, None]
        near = far.abs().clamp(min=1)
        log = 8 + (torch.log(near.float() / 8) / math.log(128 / 8) * 8).long()
        buckets = (far > 0) * 16 + torch.where(near < 8, far.abs(), log.clamp(max=15))
        x = self.table(ids)[None]
        for layer in self.layers:
            x = layer(x, buckets)
        return self.norm(x)[0]
