"""From a look to the words that ask for it."""

from __future__ import annotations

import random
from dataclasses import asdict, replace

from .look import SCENES, Look, defaults
from .words import (
    BACKDROPS,
    CLOSINGS,
    COLOUR_WORDS,
    MOTION_WORDS,
    OPENINGS,
    PATTERN_WORDS,
    SCENE_PHRASES,
    SPEED_WORDS,
    STYLE_WORDS,
)

_TABLES = {
    "pattern": PATTERN_WORDS,
    "figure": COLOUR_WORDS,
    "ground": COLOUR_WORDS,
    "motion": MOTION_WORDS,
    "speed": SPEED_WORDS,
    "style": STYLE_WORDS,
}

_ORDERS = (
    ("speed", "style", "figure", "pattern", "motion", "ground"),
    ("style", "figure", "pattern", "ground", "motion", "speed"),
    ("figure", "pattern", "motion", "speed", "ground", "style"),
    ("motion", "speed", "style", "figure", "pattern", "ground"),
    ("ground", "speed", "style", "figure", "pattern", "motion"),
    ("style", "figure", "pattern", "motion", "speed", "ground"),
    ("figure", "style", "pattern", "ground", "speed", "motion"),
    ("pattern", "figure", "ground", "motion", "style", "speed"),
)

_OMIT = 0.4
_NONSENSE = 0.03
_SYLLABLES = ("blo", "zu", "qua", "fri", "mek", "tor", "vib", "lax", "ni", "dro", "shu", "gep")


def _nonsense(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 4)))


def _scene_for(look: Look, rng: random.Random) -> str | None:
    """A scene that differs from the look in at most two things, the pattern not among them."""
    near, own = [], asdict(look)
    for name, scene in SCENES.items():
        differing = sum(getattr(scene, part) != value for part, value in own.items())
        if scene.pattern == look.pattern and differing <= 2:
            near.append((differing, name))
    if not near:
        return None
    differing, name = min(near)
    return name if rng.random() < (0.6, 0.4, 0.2)[differing] else None


def _ground(word: str, first: bool, rng: random.Random) -> str:
    """The ground's colour, always marked as such: "on black", "on a black background"."""
    kind = rng.random()
    backdrop = rng.choice(BACKDROPS)
    if first:
        return f"{word} {backdrop} with" if kind < 0.5 else f"on {word}"
    if kind < 0.5:
        return f"on {word}"
    if kind < 0.8:
        return f"on a {word} {backdrop}"
    return f"{word} {backdrop}"


def _word(part: str, name: str, rng: random.Random) -> str:
    """The plain word half the time, else any that means the same."""
    rows = _TABLES[part][name]
    return rows[0] if rng.random() < 0.4 else rng.choice(rows)


def _plainest(look: Look) -> str:
    words = []
    if look.speed != "medium":
        words.append(look.speed)
    if look.style != "plain":
        words.append(look.style)
    words += [look.figure, look.pattern, MOTION_WORDS[look.motion][0], "on", look.ground]
    return " ".join(words)


def caption(look: Look, rng: random.Random | None = None) -> str:
    """Words for a look, lower case. What they omit means the scene's or else the pattern's default
    (no pattern: plasma's). Without rng: the plainest wording that names everything unusual."""
    if rng is None:
        return _plainest(look)
    scene = _scene_for(look, rng)
    meant = SCENES[scene] if scene else defaults(look.pattern)
    if scene is None:
        meant = replace(meant, pattern="plasma")
    said = {}
    for part, value in asdict(look).items():
        omit = 0.85 if scene else _OMIT
        if value != getattr(meant, part) or rng.random() >= omit:
            said[part] = _word(part, value, rng)
    if scene:
        said["pattern"] = rng.choice(SCENE_PHRASES.get(scene, (scene,)))
    order = [part for part in rng.choice(_ORDERS) if part in said]
    commas = rng.random() < 0.2
    parts: list[str] = []
    for at, part in enumerate(order):
        text = _ground(said[part], at == 0 and len(order) > 1, rng) if part == "ground" else said[part]
        if commas and 0 < at and (part in ("ground", "motion", "speed") and rng.random() < 0.6):
            parts[-1] += ","
        parts.append(text)
    if rng.random() < 0.25:
        parts.insert(0, rng.choice(OPENINGS))
    if rng.random() < 0.08:
        parts.append(rng.choice(CLOSINGS))
    for at in range(len(parts), -1, -1):
        if rng.random() < _NONSENSE / 2:
            parts.insert(at, _nonsense(rng))
    return " ".join(parts) if parts else "abstract"


def vocabulary() -> list[str]:
    """Every word that a caption can contain, sorted; nonsense and commas (which follow a word) apart."""
    phrases = [*BACKDROPS, *OPENINGS, *CLOSINGS, *SCENES, "on", "a", "with"]
    for table in (*_TABLES.values(), SCENE_PHRASES):
        for name, row in table.items():
            phrases += [name, *row]
    return sorted({word for phrase in phrases for word in phrase.split()})
