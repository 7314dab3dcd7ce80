"""Prompts into a sheet of pictures or a film, by a checkpoint: rows are prompts, columns go along time."""

import argparse
from pathlib import Path

import torch
from PIL import Image
from tokenizers import Tokenizer

import checkpoint
from latents import Latents
from rollout import SIGMAS, Rollout
from stamp import stamp
from text import TextEncoder
from transformer import Transformer


class Sampler:
    """A model that is played: the averaged weights of a checkpoint."""

    def __init__(self, folder: Path, name: str):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.transformer, self.text = Transformer(), TextEncoder(self.tokenizer.get_vocab_size())
        self.progress = checkpoint.load(folder / f"{name}.pt", {"transformer": self.transformer, "text": self.text})
        self.latents = Latents.load(str(folder / "latents.safetensors"))

    @torch.no_grad()
    def play(self, films: list[list[str]], keys: torch.Tensor, size=(32, 32), seed=0, sigmas=SIGMAS) -> torch.Tensor:
        """Latents [films, frames, 16, rows, columns]: films, the prompt of each of their frames."""
        noise = torch.Generator().manual_seed(seed)
        stream = Rollout(self.transformer, stamp(keys, *size))
        made = []
        for prompts in zip(*films):
            ids = torch.tensor([e.ids for e in self.tokenizer.encode_batch(list(prompts))])
            read = self.transformer.read(self.text(ids), torch.arange(len(prompts))[:, None])
            draws = [torch.randn(len(prompts), 16, *size, generator=noise) for _ in sigmas]
            made.append(stream.step(read, draws, sigmas))
        return torch.stack(made, 1)


def sheet(rows: list[torch.Tensor], file: Path) -> None:
    """Rows of pictures [pictures, 3, height, width] of 0 to 1."""
    lines = [torch.cat([torch.nn.functional.pad(p, (0, 2, 0, 2)) for p in row], 2) for row in rows]
    whole = (torch.cat(lines, 1).clamp(0, 1) * 255).byte().permute(1, 2, 0).numpy()
    Image.fromarray(whole).save(file)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", default="streams")
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--prompts", type=Path, help="a prompt a line")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    sampler = Sampler(options.folder, options.name)
    prompts = options.prompts.read_text().strip().splitlines()
    keys = torch.rand(len(prompts), 4, generator=torch.Generator().manual_seed(5)) * 2 - 1
    made = sampler.play([[p] * options.frames for p in prompts], keys, sigmas=SIGMAS[: options.steps])
    print(sampler.progress, flush=True)
    rows = []
    for film in made:
        shown = [sampler.latents.decode_half(latent[None])[1] for latent in film[:: options.every]]
        rows.append(torch.stack(shown))
    sheet(rows, options.out)


if __name__ == "__main__":
    main()
