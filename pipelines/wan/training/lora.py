"""Low-rank adapters (Hu et al. 2021, arXiv 2106.09685) over the linear layers that tools for Wan's LoRAs train."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from transformer import Transformer

RANK = 16
# As ai-toolkit and ComfyUI write them.
PREFIX = "diffusion_model."
LAYERS = tuple(f"{part}.{name}" for part in ("self_attn", "cross_attn") for name in "qkvo") + ("ffn.0", "ffn.2")


class Pair(nn.Module):
    """What is added to one linear layer: up(down(x)), nothing to begin with."""

    def __init__(self, inputs: int, outputs: int, rank: int):
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.linear(x, self.down), self.up)


class Adapted(nn.Module):
    """A layer with something added to it."""

    def __init__(self, layer: nn.Module, adapter: "Adapter", pair: Pair):
        super().__init__()
        self.layer = layer
        # Not modules of its own: they belong to the adapter.
        self.__dict__.update(adapter=adapter, pair=pair)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) + self.adapter.scale * self.pair(x)


class Adapter(nn.Module):
    """An adapter of a whole model. Any number may lie over one; `scale` says how much one counts."""

    def __init__(self, model: Transformer, rank: int = RANK):
        super().__init__()
        self.scale = 1.0
        self.names = [f"blocks.{i}.{layer}" for i in range(len(model.blocks)) for layer in LAYERS]
        pairs = []
        for name in self.names:
            owner, last = name.rsplit(".", 1)
            parent = model.get_submodule(owner)
            layer = getattr(parent, last)
            inner = layer
            while isinstance(inner, Adapted):
                inner = inner.layer
            pairs.append(Pair(inner.in_features, inner.out_features, rank))
            setattr(parent, last, Adapted(layer, self, pairs[-1]))
        self.pairs = nn.ModuleList(pairs)

    def save(self, file: Path) -> None:
        """In half precision, alpha the rank."""
        tensors = {}
        for name, pair in zip(self.names, self.pairs):
            tensors[f"{PREFIX}{name}.lora_A.weight"] = pair.down.detach().half().contiguous()
            tensors[f"{PREFIX}{name}.lora_B.weight"] = pair.up.detach().half().contiguous()
            tensors[f"{PREFIX}{name}.alpha"] = torch.tensor(float(pair.down.shape[0])).half()
        save_file(tensors, file)

    def load(self, file: Path) -> None:
        """Reads what `save` wrote, of the same rank."""
        tensors = load_file(file)
        with torch.no_grad():
            for name, pair in zip(self.names, self.pairs):
                pair.down.copy_(tensors[f"{PREFIX}{name}.lora_A.weight"])
                pair.up.copy_(tensors[f"{PREFIX}{name}.lora_B.weight"])
