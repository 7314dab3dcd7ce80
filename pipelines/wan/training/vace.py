"""VACE's branch (Jiang et al. 2025, arXiv 2503.07598) at small widths, as the runtime computes it (`vace/branch.ts`)."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from positions import angles
from rollout import Rollout
from seeing import mixed
from transformer import LATENT, Block, Transformer

CHANNELS = 2 * LATENT + 64
BLOCKS = 2


class Hinting(Block):
    """A block of the branch: a copy of one of the transformer's, to begin with."""

    def __init__(self, like: Block, config, is_first: bool):
        super().__init__(config)
        self.load_state_dict(like.state_dict())
        if is_first:
            self.before_proj = nn.Linear(config.dim, config.dim)
            nn.init.eye_(self.before_proj.weight)
            nn.init.zeros_(self.before_proj.bias)
        self.after_proj = nn.Linear(config.dim, config.dim)
        nn.init.zeros_(self.after_proj.weight)
        nn.init.zeros_(self.after_proj.bias)


class Branch(nn.Module):
    """Reads what guides a frame, and gives a hint to every third block. `layers`: the blocks that hints follow."""

    def __init__(self, model: Transformer, blocks: int = BLOCKS):
        super().__init__()
        c = model.config
        every = max(1, round(c.layers / blocks))
        self.layers = [i * every for i in range(blocks)]
        self.patch_embedding = nn.Conv3d(CHANNELS, c.dim, (1, c.patch, c.patch), stride=(1, c.patch, c.patch))
        self.blocks = nn.ModuleList(Hinting(model.blocks[layer], c, layer == 0) for layer in self.layers)

    def read(self, embedded: Tensor) -> list[tuple[Tensor, Tensor]]:
        """What texts [texts, length, dim], embedded by the transformer, are to each block: one text for each film."""
        return [block.read(embedded) for block in self.blocks]

    def forward(self, patches: Tensor, time: Tensor, text, context: Tensor) -> list[Tensor]:
        """
        Hints [batch, 1, tokens, dim] for each of `layers`, for a frame's patches [batch, 1, tokens, dim] before the first
        block, time [batch, 1, 6, dim] and context [batch, 96, rows, columns].
        """
        block = self.blocks[0]
        seen = self.patch_embedding(context.unsqueeze(2))
        grid, pairs = seen.shape[-2:], block.dim // block.heads // 2
        turns = angles(torch.zeros(1), *grid, pairs).to(context.device)
        c = seen.flatten(2).transpose(1, 2).unsqueeze(1)
        hints = []
        for i, block in enumerate(self.blocks):
            if i == 0:
                c = block.before_proj(c) + patches
            c = block(c, time, text[i], turns, mixed)
            hints.append(block.after_proj(c))
        return hints

    def save(self, file: Path) -> None:
        """As the runtime reads it, in half precision."""
        save_file({f"vace_{name}": value.half().contiguous() for name, value in self.state_dict().items()}, file)

    def load(self, file: Path) -> None:
        """Reads what `save` wrote."""
        self.load_state_dict({name.removeprefix("vace_"): value for name, value in load_file(file).items()})


class Guide:
    """Lays a branch's hints over a transformer for as long as it is entered. Without a context there are none."""

    def __init__(self, model: Transformer, branch: Branch):
        self.model, self.branch = model, branch
        self.text: list[tuple[Tensor, Tensor]] = []
        self.context: Tensor | None = None
        self.scale: Tensor | None = None
        self._hints: dict[int, Tensor] = {}
        self._hooks: list = []

    def __enter__(self) -> "Guide":
        def listen(_block, inputs) -> None:
            self._hints = {}
            if self.context is not None:
                hints = self.branch(inputs[0], inputs[1], self.text, self.context)
                self._hints = {at: self.scale.view(-1, 1, 1, 1) * h for at, h in zip(self.branch.layers, hints)}

        def say(layer: int):
            return lambda _block, _inputs, seen: seen + self._hints[layer] if layer in self._hints else None

        self._hooks = [self.model.blocks[0].register_forward_pre_hook(listen)]
        self._hooks += [self.model.blocks[layer].register_forward_hook(say(layer)) for layer in self.branch.layers]
        return self

    def __exit__(self, *_error) -> None:
        for hook in self._hooks:
            hook.remove()


class GuidedRollout(Rollout):
    """A stream that is guided: hints are for denoising, what is remembered is seen without them."""

    def __init__(self, guide: Guide, stamp: Tensor):
        super().__init__(guide.model, stamp)
        self.guide = guide

    def lead(self, context: Tensor | None, scale: Tensor | None) -> None:
        """What the next frame is guided by: context [batch, 96, rows, columns], and how much it counts [batch]."""
        self.guide.context, self.guide.scale = context, scale

    def close(self, clean: Tensor, text) -> None:
        self.lead(None, None)
        super().close(clean, text)
