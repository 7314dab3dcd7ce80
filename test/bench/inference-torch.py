"""PyTorch's side of the DiT pass, eager, on one thread: a name on a line of input, milliseconds of the processor back."""

import resource
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parents[1] / "gpu" / "eager"))
import dit

TILE = 96


def tiled(q, k, v, heads):
    """Attention in tiles of queries, so that the scores of one stay in the processor's cache."""
    q = q if q.dim() == 3 else q.unflatten(-1, (heads, -1))
    q, k, v = (x.transpose(0, 1).contiguous() for x in (q * q.shape[-1] ** -0.5, k, v))
    seen = [torch.softmax(tile @ k.transpose(1, 2), -1) @ v for tile in q.split(TILE, 1)]
    return torch.cat(seen, 1).transpose(0, 1).flatten(-2)


def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def main():
    torch.set_num_threads(1)
    model = dit.Wan(dim=256, ffn=1024, heads=4, layers=8, text_dim=512, rows=32, columns=32, window=12)
    model.begin()
    model.read(torch.randn(512, 512))
    latents = torch.randn(3, 16, 32, 32)
    a, b = torch.randn(1536, 1536), torch.randn(1536, 1536)
    fused = dit.attention
    for _ in range(5):
        model.advance(3)
        turns = model.turns(3)
        model(latents, 500.0, turns)

    def run(what):
        if what == "product":
            return F.linear(a, b)
        dit.attention = {"fused": fused, "tiled": tiled}[what]
        return model(latents, 500.0, turns)

    print(torch.__version__, flush=True)
    for line in sys.stdin:
        before = spent()
        run(line.strip())
        print(spent() - before, flush=True)


with torch.inference_mode():
    main()
