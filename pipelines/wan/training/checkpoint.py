"""What a training run leaves behind, so that it can go on: written whole or not at all."""

import os
from pathlib import Path

import torch
from torch import nn

from optimiser import Optimiser


def save(file: Path, modules: dict[str, nn.Module], optimiser: Optimiser, progress: dict) -> None:
    state = {
        "modules": {key: module.state_dict() for key, module in modules.items()},
        "optimiser": optimiser.state(),
        "progress": progress,
    }
    beside = file.with_suffix(".part")
    torch.save(state, beside)
    os.replace(beside, file)


def load(file: Path, modules: dict[str, nn.Module], optimiser: Optimiser | None = None) -> dict:
    """Fills the modules and says how far the run had got; without an optimiser, with the averaged weights."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    for key, module in modules.items():
        values = dict(state["modules"][key])
        if optimiser is None:
            mean = state["optimiser"]["mean"]
            values = {name: mean.get(f"{key}.{name}", value) for name, value in values.items()}
        module.load_state_dict(values)
    if optimiser is not None:
        optimiser.restore(state["optimiser"])
    return state["progress"]
