"""The words that a page offers, as words.json: `python -m world.export OUT.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .look import BRIGHT, ALLOWED, COLOURS, PATTERNS, SCENES
from .words import COLOUR_WORDS, MOTION_WORDS, PATTERN_WORDS, SCENE_PHRASES, SPEED_WORDS, STYLE_WORDS

# In the order in which a page shows them: what looks alike side by side.
PATTERN_ORDER = (
    "stripes checkers grid diamonds dots stars rings spiral rays tunnel kaleidoscope waves plasma clouds cells fire"
).split()
MOTION_ORDER = "left right up down in out clockwise counterclockwise pulse".split()
GROUND_ORDER = "black white red orange yellow green cyan blue purple pink".split()
SCENE_ORDER = (
    "ocean aurora lava nebula sunset night galaxy hyperspace snow fireflies sunrise whirlpool hypnosis matrix synthwave disco "
    "chessboard zebra candy sonar mandala campfire"
).split()
EXAMPLES = (
    "slow neon cyan tunnel zooming in on purple",
    "fast pink checkers moving left on black",
    "soft orange clouds moving up on blue",
    "ink white spiral spinning clockwise on red",
    "pixel green dots pulsing on black",
    "slow yellow kaleidoscope spinning counterclockwise on purple",
    "neon pink rings zooming out on blue",
    "fast white stars zooming in on black",
)


def words() -> dict:
    """Kinds of words, those that are offered and all others that mean the same, and whole prompts to begin with."""
    motions = {p: [MOTION_WORDS[m][0] for m in ALLOWED[p]] for p in PATTERNS if len(ALLOWED[p]) < len(MOTION_ORDER)}
    bright = {"black": [name for name in GROUND_ORDER if name in BRIGHT]}
    phrases = [phrase for scene in SCENES for phrase in SCENE_PHRASES.get(scene, (scene,))]
    kinds = [
        kind("speed", SPEED_WORDS, ["slow", "fast"]),
        kind("style", STYLE_WORDS, ["soft", "neon", "ink", "pixel"]),
        kind("colour", COLOUR_WORDS, list(COLOURS)) | {"swatches": [swatch(name) for name in COLOURS]},
        kind("pattern", PATTERN_WORDS, PATTERN_ORDER),
        kind("motion", MOTION_WORDS, MOTION_ORDER) | {"fits": {"kind": "pattern", "by": motions}},
        kind("ground", COLOUR_WORDS, GROUND_ORDER)
        | {"before": "on", "swatches": [swatch(name) for name in GROUND_ORDER], "fits": {"kind": "colour", "by": bright}},
        {"name": "scene", "words": SCENE_ORDER, "also": [p for p in phrases if p not in SCENE_ORDER]}
        | {"place": "pattern", "alone": True},
    ]
    return {"kinds": kinds, "examples": list(EXAMPLES)}


def kind(name: str, table: dict[str, tuple[str, ...]], names: list[str]) -> dict:
    """The plainest word for each of the names, and every other word of the table."""
    offered = [table[n][0] for n in names]
    return {"name": name, "words": offered, "also": [w for row in table.values() for w in row if w not in offered]}


def swatch(name: str) -> str:
    """A colour of the world as a page writes it."""
    return "#" + "".join(f"{round(v * 255):02x}" for v in COLOURS[name])


def main() -> None:
    Path(sys.argv[1]).write_text(json.dumps(words(), indent="\t", ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
