"""Plays a pipeline's shapes with random weights in eager PyTorch, in bf16: `play.py SPEC`, as JSON. Prints a line for each mode."""

import json
import resource
import sys
import time

import torch

from dit import Wan
from text import Umt5
from vae import Vae

FULL = {
    "dit": {"dim": 1536, "ffn": 8960, "heads": 12, "layers": 30, "text_dim": 4096},
    "text": {"vocab": 256384, "dim": 4096, "hidden": 10240, "heads": 64, "layers": 24},
    "vae": {"dim": 96},
    "length": 512,
}
TINY = {
    "dit": {"dim": 48, "ffn": 64, "heads": 2, "layers": 2, "text_dim": 32},
    "text": {"vocab": 1024, "dim": 32, "hidden": 48, "heads": 2, "layers": 2},
    "vae": {"dim": 4},
    "length": 16,
}


class Clock:
    def __init__(self, device):
        self.device, self.times = device, {}

    def now(self):
        if self.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() * 1000

    def measure(self, stage, act):
        begun = self.now()
        result = act()
        self.times.setdefault(stage, []).append(self.now() - begun)
        return result

    def total(self, stage):
        return sum(self.times.get(stage, []))


class Player:
    def __init__(self, spec, device):
        shapes = TINY if spec["tiny"] else FULL
        rows, columns = spec["height"] // 8, spec["width"] // 8
        self.spec, self.device, self.clock = spec, device, Clock(device)
        torch.set_default_dtype(torch.bfloat16)
        with torch.device(device):
            self.dit = Wan(**shapes["dit"], rows=rows, columns=columns, window=spec["window"])
            self.text, self.vae = Umt5(**shapes["text"]), Vae(**shapes["vae"])
            self.ids = torch.arange(spec["tokens"]) % 1000
        self.embedding = torch.zeros(shapes["length"], shapes["dit"]["text_dim"], device=device)
        self.latent = (16, rows, columns)

    def read(self):
        embedded = self.clock.measure("text", lambda: self.text(self.ids))
        self.embedding[: len(embedded)] = embedded

    def chunk(self, steps, video):
        spec, measure = self.spec, self.clock.measure
        first = self.dit.frame == 0
        frames = spec["chunk"] + (1 if first and video else 0)
        if video:
            pixels = torch.rand(1, 3, 4 * spec["chunk"] + first, spec["height"], spec["width"])
            x = measure("encode", lambda: self.vae.encode(pixels.to(self.device)))[:frames]
        else:
            x = torch.randn(frames, *self.latent, device=self.device)
        self.dit.advance(frames)
        turns = self.dit.turns(frames)
        for step in range(steps):
            sigma = 1 - step / steps
            flow = measure("denoise", lambda: self.dit(x, 1000 * sigma, turns))
            clean = x - sigma * flow
            x = clean if step == steps - 1 else torch.lerp(clean, torch.randn_like(x), 1 - (step + 1) / steps)
        measure("clean", lambda: self.dit(x, 0, turns))
        made = measure("decode", lambda: self.shown(self.vae.decode(x)))
        return made.shape[0]

    def shown(self, pixels):
        """Pixels as bytes of the host, [frames, h, w, 3]."""
        return ((pixels[0].clamp(-1, 1) + 1) * 127.5).to(torch.uint8).permute(1, 2, 3, 0).cpu()

    def play(self, mode, steps):
        self.dit.begin()
        self.vae.begin()
        self.dit.read(self.embedding)
        video = mode == "video"
        for _ in range(self.spec["window"] // self.spec["chunk"] + 1):
            self.chunk(steps, video)
        self.clock.times = {}
        chunks = self.spec["chunks"]
        begun = self.clock.now()
        frames = sum(self.chunk(steps, video) for _ in range(chunks))
        whole = self.clock.now() - begun
        stages = {stage: sum(t) / len(t) for stage, t in self.clock.times.items() if stage in ("denoise", "clean")}
        stages |= {stage: self.clock.total(stage) / chunks for stage in ("encode", "decode") if stage in self.clock.times}
        stages["rest"] = max(0, whole - sum(map(sum, self.clock.times.values()))) / chunks
        self.read()
        self.read()
        stages["text"] = self.clock.times["text"][-1]
        return {"fps": 1000 * frames / whole, "stages": stages}


def main():
    spec = json.loads(sys.argv[1])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.inference_mode():
        player = Player(spec, device)
        for mode, steps in spec["modes"].items():
            line = {
                "kind": "pipeline",
                "pipeline": spec["pipeline"],
                "by": f"PyTorch {torch.__version__} eager {device}, bfloat16",
                "size": f"{spec['width']}x{spec['height']}",
                "mode": mode,
                "steps": steps,
                **player.play(mode, steps),
                "host": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
            if device == "cuda":
                line["device"] = round(torch.cuda.max_memory_reserved() / 2**20)
            print(json.dumps(line), flush=True)


main()
