"""The model as it is shipped: a folder of safetensors in half precision, as the runtime reads it."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn

import stamp
from latents import Latents
from text import TextEncoder
from transformer import LATENT, Config, Transformer


def describe(c: Config) -> dict:
    """config.json: Wan's measures, and what the host has to do for this model beside."""
    return {
        "dim": c.dim,
        "ffn_dim": c.ffn,
        "num_heads": c.heads,
        "num_layers": c.layers,
        "in_dim": LATENT + stamp.CHANNELS,
        "out_dim": LATENT,
        "freq_dim": c.frequencies,
        "text_dim": c.text,
        "text_len": 24,
        "eps": 1e-6,
        "patch": c.patch,
        "predicts": "clean",
        "window": c.window,
        "stamp": {"shift": stamp.SHIFT, "scale": stamp.SCALE, "turn": stamp.TURN, "octaves": stamp.OCTAVES, "arms": stamp.ARMS},
    }


def save_shipped(folder: Path, transformer: Transformer, text: TextEncoder) -> None:
    """Writes config.json and the weights of both models."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(describe(transformer.config), indent="\t") + "\n")
    save_half(folder / "transformer.safetensors", transformer)
    save_half(folder / "text-encoder.safetensors", text)


def save_half(file: Path, module: nn.Module) -> None:
    """Writes a module's tensors as float16."""
    save_file({name: value.detach().half().contiguous() for name, value in module.state_dict().items()}, file)


def load_shipped(folder: Path) -> tuple[Transformer, TextEncoder, Tokenizer, Latents]:
    """The models of such a folder, float32, for further training."""
    said = json.loads((folder / "config.json").read_text())
    config = Config(
        dim=said["dim"],
        ffn=said["ffn_dim"],
        heads=said["num_heads"],
        layers=said["num_layers"],
        patch=said["patch"],
        frequencies=said["freq_dim"],
        text=said["text_dim"],
        window=said["window"],
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    transformer, text = Transformer(config), TextEncoder(tokenizer.get_vocab_size())
    for module, name in ((transformer, "transformer"), (text, "text-encoder")):
        weights = load_file(folder / f"{name}.safetensors")
        module.load_state_dict({key: value.float() for key, value in weights.items()})
        module.eval()
    return transformer, text, tokenizer, Latents.load(folder / "latents.safetensors")
