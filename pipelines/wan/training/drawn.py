"""Moving pictures that are not of the world, as fields of -1 to 1: what people hold before a camera or draw."""

import math
import random
import string

import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

# A field's slope at an edge, over half the short side: as in the world.
SLOPE = 8.0


def drawn(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """A field [frames, height, width], positive where the figure is."""
    return rng.choice((clouds, blobs, shapes, strokes, letters))(rng, frames, size)


def plane(size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """x [1, width] and y [height, 1] from the centre, y down; half the short side is 1."""
    half = min(size) / 2
    y, x = ((torch.arange(n) + 0.5 - n / 2) / half for n in size)
    return x[None], y[:, None]


def paths(rng: random.Random, frames: int, reach: float) -> list[tuple[float, float]]:
    """Where something that drifts is in each frame."""
    x, y = (rng.uniform(-reach, reach) for _ in range(2))
    dx, dy = (rng.uniform(-0.03, 0.03) for _ in range(2))
    return [(x + dx * t, y + dy * t) for t in range(frames)]


def clouds(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """A few waves in any direction."""
    x, y = plane(size)
    time = torch.arange(frames)[:, None, None]
    field = torch.zeros(frames, *size)
    for _ in range(5):
        k, angle = math.tau / rng.uniform(0.7, 2.5), rng.uniform(0, math.tau)
        wave = k * (math.cos(angle) * x + math.sin(angle) * y) + rng.uniform(-0.15, 0.15) * time
        field += rng.uniform(0.4, 1) * torch.sin(wave + rng.uniform(0, math.tau))
    return (field * 0.8 + rng.uniform(-0.4, 0.4)).clamp(-1, 1)


def blobs(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """Drops that run into each other."""
    x, y = plane(size)
    field = torch.zeros(frames, *size)
    for _ in range(rng.randint(1, 5)):
        radius, path = rng.uniform(0.2, 0.6), paths(rng, frames, 0.8)
        for t, (cx, cy) in enumerate(path):
            field[t] += torch.exp(-((x - cx) ** 2 + (y - cy) ** 2) / radius**2)
    return (2.2 * field - 1.1).clamp(-1, 1)


def shapes(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """Discs, rings and turning polygons."""
    x, y = plane(size)
    field = torch.full((frames, *size), -1.0)
    for _ in range(rng.randint(1, 3)):
        radius, corners, is_ring = rng.uniform(0.25, 0.75), rng.choice((0, 3, 4, 6)), rng.random() < 0.25
        turn, spin = rng.uniform(0, math.tau), rng.uniform(-0.05, 0.05)
        for t, (cx, cy) in enumerate(paths(rng, frames, 0.6)):
            far = torch.hypot(x - cx, y - cy)
            if corners:
                wedge = math.tau / corners
                angle = (torch.atan2(y - cy, x - cx) + turn + spin * t).remainder(wedge) - wedge / 2
                far = far * angle.cos() / math.cos(wedge / 2)
            edge = 0.16 - (far - radius).abs() if is_ring else radius - far
            field[t] = torch.maximum(field[t], (edge * SLOPE).clamp(-1, 1))
    return field


def strokes(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """Thick lines through a few points."""
    x, y = plane(size)
    field = torch.full((frames, *size), -1.0)
    for _ in range(rng.randint(1, 3)):
        width, points = rng.uniform(0.06, 0.16), [paths(rng, frames, 0.9) for _ in range(rng.randint(2, 4))]
        for t in range(frames):
            for (ax, ay), (bx, by) in zip([p[t] for p in points], [p[t] for p in points[1:]]):
                along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 + 1e-6)
                along = along.clamp(0, 1)
                far = torch.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
                field[t] = torch.maximum(field[t], ((width - far) * SLOPE).clamp(-1, 1))
    return field


def letters(rng: random.Random, frames: int, size: tuple[int, int]) -> Tensor:
    """One to four large letters that drift."""
    height, width = size
    text = "".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(rng.randint(1, 4)))
    font = ImageFont.load_default(int(height * rng.uniform(0.35, 0.9) / len(text) ** 0.5))
    pictures = []
    for x, y in paths(rng, frames, 0.3):
        page = Image.new("L", (width, height))
        at = (width / 2 + x * height / 2, height / 2 + y * height / 2)
        ImageDraw.Draw(page).text(at, text, fill=255, font=font, anchor="mm", stroke_width=2)
        pictures.append(torch.frombuffer(bytearray(page.tobytes()), dtype=torch.uint8).view(height, width))
    return softened(torch.stack(pictures).float() / 127.5 - 1, height / 64)


def softened(pictures: Tensor, deviation: float) -> Tensor:
    """Pictures [frames, height, width] blurred by a Gaussian of so many pixels, edges repeated."""
    reach = max(1, math.ceil(2.5 * deviation))
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation) ** 2)
    line = line / line.sum()
    whole = F.pad(pictures[:, None], (reach,) * 4, "replicate")
    return F.conv2d(F.conv2d(whole, line.view(1, 1, -1, 1)), line.view(1, 1, 1, -1))[:, 0]
