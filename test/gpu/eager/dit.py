"""The transformer of Wan 2.1 with a cache of keys and values (arXiv 2503.20314, section 4.2), as plain PyTorch."""

import math

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-6


def rms(x, weight):
    """Root mean square over all heads together."""
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + EPS)).to(x.dtype) * weight


def turned(x, cos, sin):
    """Turns neighbouring pairs of x [tokens, heads, depth] by the angles of cos and sin [tokens, 1, depth / 2]."""
    a, b = x.float().unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)


def attention(q, k, v, heads):
    """All heads of q [queries, dim] over k and v [keys, heads, depth]."""
    q = q if q.dim() == 3 else q.unflatten(-1, (heads, -1))
    seen = F.scaled_dot_product_attention(*(x.transpose(0, 1)[None] for x in (q, k, v)))
    return seen[0].transpose(0, 1).flatten(-2)


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))
        self.norm_q, self.norm_k = (nn.Parameter(torch.ones(dim)) for _ in range(2))


class Block(nn.Module):
    def __init__(self, dim, ffn, heads):
        super().__init__()
        self.dim, self.heads = dim, heads
        self.modulation = nn.Parameter(torch.randn(1, 6, dim) / math.sqrt(dim))
        self.self_attn, self.cross_attn = Attention(dim), Attention(dim)
        self.norm3 = nn.LayerNorm(dim, eps=EPS)
        self.ffn = nn.Sequential(nn.Linear(dim, ffn), nn.GELU("tanh"), nn.Linear(ffn, dim))

    def read(self, text):
        """Keys and values of a text [tokens, dim]."""
        attn = self.cross_attn
        return [x.unflatten(-1, (self.heads, -1)) for x in (rms(attn.k(text), attn.norm_k), attn.v(text))]

    def forward(self, x, time, text, cache, rows, attended, turns):
        """x [frames, tokens, dim]; time [frames, 6, dim]; writes the rows of cache, and attends to the first `attended`."""
        m = (self.modulation + time).unsqueeze(2).unbind(1)
        norm = lambda y: F.layer_norm(y, (self.dim,), eps=EPS)
        a = (norm(x) * (1 + m[1]) + m[0]).flatten(0, 1)
        attn = self.self_attn
        split = lambda y: y.unflatten(-1, (self.heads, -1))
        q, k = (turned(split(y), *turns) for y in (rms(attn.q(a), attn.norm_q), rms(attn.k(a), attn.norm_k)))
        keys, values = cache
        keys[rows], values[rows] = k, split(attn.v(a))
        seen = attn.o(attention(q, keys[:attended], values[:attended], self.heads))
        x = x + m[2] * seen.view_as(x)
        attn = self.cross_attn
        asked = rms(attn.q(self.norm3(x).flatten(0, 1)), attn.norm_q)
        x = x + attn.o(attention(asked, *text, self.heads)).view_as(x)
        return x + m[5] * self.ffn(norm(x) * (1 + m[4]) + m[3])


class Wan(nn.Module):
    def __init__(self, dim, ffn, heads, layers, text_dim, rows, columns, window, channels=16, frequencies=256):
        super().__init__()
        self.dim, self.heads, self.frequencies, self.channels = dim, heads, frequencies, channels
        self.rows, self.columns = rows // 2, columns // 2
        self.tokens, self.window = self.rows * self.columns, window
        self.patch = nn.Linear(4 * channels, dim)
        self.text = nn.Sequential(nn.Linear(text_dim, dim), nn.GELU("tanh"), nn.Linear(dim, dim))
        self.time = nn.Sequential(nn.Linear(frequencies, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(Block(dim, ffn, heads) for _ in range(layers))
        self.modulation = nn.Parameter(torch.randn(1, 2, dim) / math.sqrt(dim))
        self.head = nn.Linear(dim, 4 * channels)

    def begin(self):
        """An empty cache."""
        like = self.head.weight
        shape = (self.window * self.tokens, self.heads, self.dim // self.heads)
        self.caches = [[like.new_zeros(shape) for _ in range(2)] for _ in self.blocks]
        self.frame, self.filled = 0, 0

    def read(self, embedding):
        """What a text [tokens, text_dim] is to each block."""
        text = self.text(embedding)
        self.texts = [block.read(text) for block in self.blocks]

    def advance(self, frames, sink=3):
        """Makes room for a chunk: behind the sink the oldest frames leave, and the others close up."""
        excess = (self.filled + frames - self.window) * self.tokens
        if excess > 0:
            first = sink * self.tokens
            for cache in self.caches:
                for x in cache:
                    x[first : len(x) - excess] = x[first + excess :].clone()
        self.filled = min(self.filled + frames, self.window)
        self.frame += frames

    def turns(self, frames):
        """Angles of the newest frames' tokens, [tokens, 1, depth / 2]."""
        depth = self.dim // self.heads
        side = depth // 6
        parts = (depth // 2 - 2 * side, side, side)
        at = torch.meshgrid(
            torch.arange(self.frame - frames, self.frame),
            torch.arange(self.rows),
            torch.arange(self.columns),
            indexing="ij",
        )
        angle = lambda p, n: p.flatten()[:, None].double() * 10000.0 ** (-torch.arange(n).double() / n)
        angles = torch.cat([angle(p, n) for p, n in zip(at, parts)], -1)[:, None]
        return [f(angles).float().to(self.head.weight.device) for f in (torch.cos, torch.sin)]

    def forward(self, x, t, turns):
        """The flow of x [frames, channels, rows, columns] at timestep t; its keys and values take the last rows."""
        frames = x.shape[0]
        half = self.frequencies // 2
        angles = t * 10000.0 ** (-torch.arange(half, device=x.device).double() / half)
        e = self.time(torch.cat([angles.cos(), angles.sin()]).to(x.dtype)[None])
        time = self.project(e).view(1, 6, self.dim)
        patches = x.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)
        y = self.patch(patches)
        attended = self.filled * self.tokens
        rows = slice(attended - frames * self.tokens, attended)
        for block, text, cache in zip(self.blocks, self.texts, self.caches):
            y = block(y, time, text, cache, rows, attended, turns)
        shift, scale = (self.modulation + e[:, None]).unsqueeze(2).unbind(1)
        y = self.head(F.layer_norm(y, (self.dim,), eps=EPS) * (1 + scale) + shift)
        y = y.view(frames, self.rows, self.columns, 2, 2, self.channels)
        return y.permute(0, 5, 1, 3, 2, 4).reshape(x.shape)
