"""A folder of somebody's clips and pictures, with captions beside them, as films to train on. ffmpeg reads them."""

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from films import HALF, Films
from latents import FRAMES, Latents

CLIPS = {".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".gif"}
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
RATE = 24


@dataclass
class Clip:
    """
    latents [frames, 16, rows, columns], ids [length] of the caption, keys [4]: from where the world is seen, is_drawn:
    whether it is the model's own world, in which the words say how a clip begins.
    """

    latents: Tensor
    ids: Tensor
    keys: Tensor
    is_drawn: bool


class Footage:
    """
    Every clip and picture of a folder for which there is a caption, `NAME.txt` beside `NAME.mp4`. Beside them `NAME.json` may
    say from where the model's world is seen, `{"keys": [..]}`: else each has a viewpoint of its own, always the same.
    """

    def __init__(self, folder: Path, codec: Latents, tokenizer: Tokenizer, device: torch.device | str):
        self.device = device
        self.clips: list[Clip] = []
        for file in sorted(folder.iterdir()):
            words, more = file.with_suffix(".txt"), file.with_suffix(".json")
            if file.suffix.lower() not in CLIPS | PICTURES or not words.exists():
                continue
            frames = read(file, HALF)
            if file.suffix.lower() in PICTURES:
                frames = frames[:1].expand(FRAMES, -1, -1, -1)
            whole = len(frames) // FRAMES * FRAMES
            if whole == 0:
                continue
            ids = torch.tensor(tokenizer.encode(words.read_text().strip()).ids)
            draw = random.Random(file.stem)
            keys = json.loads(more.read_text())["keys"] if more.exists() else [draw.uniform(-1, 1) for _ in range(4)]
            latents = codec.encode_half(frames[:whole].float() / 255)
            self.clips.append(Clip(latents, ids, torch.tensor(keys), more.exists()))
        if not self.clips:
            raise SystemExit(f"{folder} has no clip or picture with a caption: NAME.mp4 with NAME.txt beside it")

    def films(self, rng: random.Random, batch: int, frames: int, is_start: bool = False) -> Films:
        """
        Parts of clips, from any moment on; of those that are too short, and of pictures, nothing if others are long enough.
        is_start: where words say how a clip begins, from there. On the device that was asked for.
        """
        long = [clip for clip in self.clips if len(clip.latents) >= frames]
        if not long:
            return self.films(rng, batch, frames - 1, is_start)
        parts, starts = [], []
        chosen = [rng.choice(long) for _ in range(batch)]
        for clip in chosen:
            last = len(clip.latents) - frames
            begins = last == 0 or (clip.is_drawn if is_start else rng.random() < 0.6)
            starts.append(0 if begins else rng.randint(0, last))
            parts.append(clip.latents[starts[-1] : starts[-1] + frames])
        ids = torch.stack([clip.ids for clip in chosen])
        return Films(
            torch.stack(parts),
            torch.stack([clip.keys for clip in chosen]),
            ids[:, None].expand(-1, 2, -1),
            torch.full((batch,), frames),
            # A picture, and what is asked for alone, has nothing before it.
            torch.tensor([start == 0 or frames == 1 for start in starts]),
        ).to(self.device)


def read(file: Path, half: tuple[int, int]) -> Tensor:
    """Frames [frames, 3, height, width], bytes, at 24 a second, scaled until they cover the size, the middle cut out."""
    height, width = half
    cover = f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=area,crop={width}:{height}"
    rate = [] if file.suffix.lower() in PICTURES else [f"fps={RATE}"]
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(file), "-vf", ",".join([*rate, cover])]
    raw = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(-1, height, width, 3).permute(0, 3, 1, 2)


def write(file: Path, frames: Tensor) -> None:
    """Frames [frames, 3, height, width] of 0 to 1 as a clip of 24 a second."""
    _, _, height, width = frames.shape
    raw = (frames.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy().tobytes()
    form = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(RATE)]
    to = ["-c:v", "libx264", "-threads", "1", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *form, "-i", "-", *to, str(file)], input=raw, check=True)
