"""Whether the world is as its words say: python -m world.check"""

from __future__ import annotations

import math
import random
import re
import time
from colorsys import rgb_to_hsv

import torch
from torch import Tensor

from .film import render
from .grammar import caption, vocabulary
from .look import ALLOWED, COLOURS, PATTERNS, SCENES, SPEEDS, STYLES, Look, defaults, is_held_out, sample

_SIZE = (96, 96)


def words() -> None:
    """Captions are of known words, all of which occur; nothing that has a word of its own is held out."""
    known = set(vocabulary())
    assert len(known) <= 450
    for look in (*SCENES.values(), *(defaults(pattern) for pattern in PATTERNS)):
        assert not is_held_out(look), look
        assert look.motion in ALLOWED[look.pattern], look
        assert look.figure != look.ground, look
    rng = random.Random(1)
    met: set[str] = set()
    unknown = 0
    for _ in range(20000):
        look = sample(rng)
        assert not is_held_out(look) and look.figure != look.ground and look.motion in ALLOWED[look.pattern]
        text = re.sub(",", "", caption(look, rng)).split()
        assert len(text) <= 23, text
        met.update(text)
        unknown += any(word not in known for word in text)
    assert known <= met, known - met
    assert 0 < unknown < 4000, unknown
    assert all(set(caption(sample(rng, None)).split()) <= known for _ in range(2000))
    assert all(is_held_out(sample(rng, True)) for _ in range(100))


def frames() -> None:
    """Every look is drawn finite, within 0..1, at any size, and the same again."""
    rng = random.Random(2)
    for pattern in PATTERNS:
        for style in STYLES:
            keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
            look = Look(pattern, "red", "blue", rng.choice(ALLOWED[pattern]), "fast", style)
            film = [(look, 8), (sample(rng), 4), (sample(rng), 8)]
            size = rng.choice([(64, 64), (96, 160), (160, 96)])
            picture, layout = render(film, keys, size, age=rng.uniform(0, 2000), control=True)
            assert picture.shape == (20, 3, *size) and layout.shape == (20, 1, *size)
            for part in (picture, layout):
                assert part.isfinite().all() and part.min() >= 0 and part.max() <= 1.0001, (look, part.max())
    again = [render([(sample(random.Random(5)), 8)], torch.ones(4) / 3, _SIZE) for _ in range(2)]
    assert torch.equal(*again)


def continuity() -> None:
    """A film cut anywhere goes on by its age; fades and motion changes never jump."""
    keys = torch.tensor([0.3, -0.5, 0.4, -0.7])
    for pattern, motions in ALLOWED.items():
        base = defaults(pattern)
        for motion in motions:
            look = Look(pattern, base.figure, base.ground, motion)
            whole = render([(look, 48)], keys, _SIZE)
            late = render([(look, 8)], keys, _SIZE, age=40)
            assert (whole[40:] - late).abs().mean() < 2e-3, (pattern, motion)
            own = (whole[1:] - whole[:-1]).abs().mean((1, 2, 3)).max()
            assert 0.001 < own < 0.16, (pattern, motion, own)
            other = Look(pattern, base.figure, base.ground, motions[0])
            turn = render([(look, 20), (other, 20)], keys, _SIZE)
            jump = (turn[1:] - turn[:-1]).abs().mean((1, 2, 3)).max()
            assert jump < 0.25, (pattern, motion, jump)


def _flow(film: Tensor, age: int) -> tuple[float, float, float, float]:
    """Least squares of the picture's change on shift x, shift y, turn and zoom."""
    pair = film.mean(1)[age : age + 2]
    middle = pair.mean(0)
    dx = (middle[1:-1, 2:] - middle[1:-1, :-2]) / 2
    dy = (middle[2:, 1:-1] - middle[:-2, 1:-1]) / 2
    dt = (pair[1] - pair[0])[1:-1, 1:-1]
    n = dx.shape[0]
    line = (torch.arange(n) + 0.5 - n / 2) / (n / 2)
    x, y = line[None, :], line[:, None]
    basis = torch.stack((dx, dy, -y * dx + x * dy, x * dx + y * dy), -1).reshape(-1, 4)
    gram = basis.T @ basis + 1e-3 * torch.eye(4)
    solved = torch.linalg.solve(gram, -(basis.T @ dt.reshape(-1)))
    return tuple(solved.tolist())


_EXPECTED = {
    "left": (0, -1),
    "right": (0, 1),
    "up": (1, -1),
    "down": (1, 1),
    "clockwise": (2, 1),
    "counterclockwise": (2, -1),
    "in": (3, 1),
    "out": (3, -1),
}


def motions() -> None:
    """What is named is what is seen: the picture's own flow has the right kind and sign."""
    for pattern, allowed in ALLOWED.items():
        for motion in allowed:
            if motion == "pulse":
                continue
            for speed in SPEEDS:
                look = Look(pattern, "white", "black", motion, speed, "soft")
                film = render([(look, 32)], torch.zeros(4), _SIZE)
                flows = torch.tensor([_flow(film, age) for age in range(0, 31, 5)]).mean(0)
                part, sign = _EXPECTED[motion]
                assert flows[part] * sign > 0.1, (pattern, motion, speed, flows)
                if part != 3 and not pattern == "fire":
                    assert flows.abs().argmax() == part, (pattern, motion, speed, flows)


def colours() -> None:
    """A figure's hue is its name's, in every pattern and style."""
    rng = random.Random(4)
    for pattern in PATTERNS:
        for style in STYLES:
            for name, wanted in COLOURS.items():
                if name in ("white", "black"):
                    continue
                # A soft figure may be too narrow to be opaque, so on white it is paler than its colour.
                for ground in ("black",) if style == "soft" else ("black", "white"):
                    look = Look(pattern, name, ground, ALLOWED[pattern][0], "medium", style)
                    keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
                    film = render([(look, 4)], keys, (64, 64))[0].permute(1, 2, 0).reshape(-1, 3)
                    plain = film / film.amax(1, keepdim=True).clamp(min=0.05)
                    goal = torch.tensor(wanted) / max(wanted)
                    near = film[(plain - goal).abs().amax(1) < 0.15]
                    assert len(near) > 60, (look, len(near))
                    hue = rgb_to_hsv(*near.mean(0).tolist())[0] - rgb_to_hsv(*wanted)[0]
                    assert abs((hue + 0.5) % 1 - 0.5) < 12 / 360, (look, hue * 360)


def pace() -> None:
    """Prints what drawing takes on one core, in milliseconds; as the processor counts it."""
    for frames in (36, 4):
        times = []
        for pattern in PATTERNS:
            look = defaults(pattern)
            best = math.inf
            for _ in range(4):
                start = time.process_time()
                render([(look, frames)], torch.zeros(4), (128, 128))
                best = min(best, time.process_time() - start)
            times.append((1000 * best, pattern))
        print(frames, "frames:", ", ".join(f"{pattern} {spent:.1f}" for spent, pattern in sorted(times)))


def main() -> None:
    torch.set_num_threads(1)
    for check in (words, frames, continuity, motions, colours, pace):
        check()
        print(check.__name__, "holds" if check is not pace else "")


if __name__ == "__main__":
    main()
