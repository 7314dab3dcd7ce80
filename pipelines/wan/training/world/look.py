"""What one moment of the world looks like: a pattern in two colours, moving, in a style."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, replace

MOTIONS = ("left", "right", "up", "down", "clockwise", "counterclockwise", "in", "out", "pulse")
SPEEDS = {"slow": 0.4, "medium": 1.0, "fast": 1.8}
STYLES = ("plain", "soft", "neon", "ink", "pixel")

# sRGB, 0..1. Hues lie at least 18 degrees apart, so that a picture's words can be read off it.
COLOURS = {
    "red": (0.93, 0.07, 0.12),
    "orange": (1.00, 0.46, 0.00),
    "yellow": (1.00, 0.86, 0.05),
    "green": (0.10, 0.78, 0.20),
    "cyan": (0.02, 0.85, 0.92),
    "blue": (0.10, 0.22, 0.95),
    "purple": (0.50, 0.10, 0.88),
    "pink": (1.00, 0.25, 0.66),
    "white": (0.96, 0.96, 0.96),
    "black": (0.02, 0.02, 0.02),
}

_SHIFTS = ("left", "right", "up", "down")
_TURNS = ("clockwise", "counterclockwise")
_ZOOMS = ("in", "out")

# The motions that can be seen in a pattern; the first is meant where the words name none.
ALLOWED: dict[str, tuple[str, ...]] = {
    "stripes": ("left", "right", "up", "down", *_TURNS, *_ZOOMS, "pulse"),
    "checkers": ("clockwise", "counterclockwise", *_SHIFTS, *_ZOOMS, "pulse"),
    "grid": ("in", "out", *_SHIFTS, *_TURNS, "pulse"),
    "dots": ("pulse", *_SHIFTS, *_TURNS, *_ZOOMS),
    "waves": ("right", "left", "up", "down", *_TURNS, *_ZOOMS, "pulse"),
    "plasma": ("up", "down", "left", "right", *_TURNS, *_ZOOMS, "pulse"),
    "rings": ("in", "out", "pulse"),
    "spiral": ("clockwise", "counterclockwise", "pulse"),
    "rays": ("clockwise", "counterclockwise", "pulse"),
    "tunnel": ("in", "out", *_TURNS, "pulse"),
    "diamonds": ("in", "out", *_TURNS, "pulse"),
    "cells": ("up", "down", "left", "right", *_TURNS, *_ZOOMS, "pulse"),
    "clouds": ("left", "right", "up", "down", *_ZOOMS, "pulse"),
    "fire": ("up", "left", "right", "pulse"),
    "kaleidoscope": ("clockwise", "counterclockwise", *_ZOOMS, "pulse"),
    "stars": ("in", "out", *_SHIFTS, *_TURNS, "pulse"),
}
PATTERNS = tuple(ALLOWED)

_DEFAULT_COLOURS = {
    "stripes": ("white", "black"),
    "checkers": ("white", "black"),
    "grid": ("cyan", "black"),
    "dots": ("yellow", "black"),
    "waves": ("cyan", "blue"),
    "plasma": ("pink", "purple"),
    "rings": ("red", "black"),
    "spiral": ("purple", "black"),
    "rays": ("yellow", "orange"),
    "tunnel": ("blue", "black"),
    "diamonds": ("pink", "black"),
    "cells": ("green", "black"),
    "clouds": ("white", "blue"),
    "fire": ("orange", "black"),
    "kaleidoscope": ("pink", "blue"),
    "stars": ("white", "black"),
}

# A black figure is seen on these only.
BRIGHT = ("white", "yellow", "cyan", "orange", "pink", "green")


@dataclass(frozen=True)
class Look:
    """Canonical names only: keys of ALLOWED, COLOURS and SPEEDS, members of MOTIONS and STYLES."""

    pattern: str
    figure: str
    ground: str
    motion: str
    speed: str = "medium"
    style: str = "plain"


def defaults(pattern: str) -> Look:
    """What a pattern looks like where the words say nothing else."""
    figure, ground = _DEFAULT_COLOURS[pattern]
    return Look(pattern, figure, ground, ALLOWED[pattern][0])


def _scene(pattern: str, figure: str, ground: str, motion: str | None = None, **more: str) -> Look:
    named = replace(defaults(pattern), figure=figure, ground=ground, **more)
    return named if motion is None else replace(named, motion=motion)


# One word that stands for a whole look.
SCENES: dict[str, Look] = {
    "ocean": _scene("waves", "cyan", "blue"),
    "sea": _scene("waves", "blue", "cyan", "left"),
    "river": _scene("waves", "blue", "green", "right"),
    "desert": _scene("waves", "yellow", "orange", "left", speed="slow"),
    "aurora": _scene("waves", "green", "purple", "left", style="soft"),
    "lava": _scene("plasma", "orange", "red", "up", speed="slow"),
    "lavalamp": _scene("plasma", "red", "purple", "up", speed="slow", style="soft"),
    "psychedelic": _scene("plasma", "yellow", "pink", "clockwise"),
    "camouflage": _scene("plasma", "green", "black", "left", style="ink"),
    "nebula": _scene("clouds", "purple", "black", "in", style="soft"),
    "sky": _scene("clouds", "white", "blue", "left", speed="slow"),
    "fog": _scene("clouds", "white", "black", "right", speed="slow", style="soft"),
    "storm": _scene("clouds", "blue", "black", "left", speed="fast"),
    "sunset": _scene("clouds", "orange", "purple", "left", speed="slow"),
    "smoke": _scene("clouds", "white", "black", "up", speed="slow"),
    "night": _scene("stars", "white", "blue", "left", speed="slow"),
    "space": _scene("stars", "white", "black", "in"),
    "galaxy": _scene("spiral", "white", "purple", "clockwise", style="soft"),
    "hyperspace": _scene("stars", "cyan", "black", "in", speed="fast"),
    "snow": _scene("stars", "white", "blue", "down", style="soft"),
    "confetti": _scene("stars", "yellow", "pink", "down"),
    "fireflies": _scene("stars", "yellow", "green", "up", speed="slow", style="soft"),
    "sunrise": _scene("rays", "orange", "yellow", "clockwise", speed="slow"),
    "sun": _scene("rays", "yellow", "orange", "clockwise"),
    "circus": _scene("rays", "red", "white", "clockwise"),
    "hurricane": _scene("spiral", "white", "blue", "counterclockwise", speed="fast"),
    "whirlpool": _scene("spiral", "cyan", "blue", "clockwise"),
    "hypnosis": _scene("spiral", "black", "white", "clockwise"),
    "lollipop": _scene("spiral", "pink", "white", "counterclockwise"),
    "forest": _scene("cells", "green", "black", "left", style="soft"),
    "honeycomb": _scene("cells", "yellow", "orange", "up"),
    "lizard": _scene("cells", "green", "yellow", "left", style="ink"),
    "leopard": _scene("cells", "orange", "black", "right", style="ink"),
    "matrix": _scene("grid", "green", "black", "down", style="pixel"),
    "tron": _scene("grid", "cyan", "black", "in", style="neon"),
    "synthwave": _scene("grid", "pink", "purple", "down", style="neon"),
    "blueprint": _scene("grid", "white", "blue", "left", speed="slow"),
    "disco": _scene("dots", "pink", "blue", "pulse", speed="fast"),
    "ladybird": _scene("dots", "black", "red", "left"),
    "chessboard": _scene("checkers", "white", "black", "clockwise"),
    "racing": _scene("checkers", "black", "white", "left", speed="fast"),
    "zebra": _scene("stripes", "black", "white", "left", style="ink"),
    "candy": _scene("stripes", "pink", "white", "right"),
    "wasp": _scene("stripes", "black", "yellow", "up"),
    "tiger": _scene("stripes", "orange", "black", "right", style="ink"),
    "wormhole": _scene("tunnel", "purple", "black", "in", speed="fast"),
    "ripples": _scene("rings", "cyan", "blue", "in"),
    "sonar": _scene("rings", "green", "black", "in", style="neon"),
    "target": _scene("rings", "red", "white", "in", speed="slow"),
    "harlequin": _scene("diamonds", "red", "yellow", "in"),
    "mandala": _scene("kaleidoscope", "orange", "purple", "clockwise", speed="slow"),
    "candle": _scene("fire", "yellow", "black", "up", speed="slow", style="soft"),
    "hell": _scene("fire", "red", "black", "up", speed="fast"),
    "campfire": _scene("fire", "orange", "blue", "up"),
}

# Chosen so that no default and no scene falls among the looks that are held out (world/check.py).
_SALT = "v3761"


def is_held_out(look: Look) -> bool:
    """Whether a look is kept out of training: an eighth of all (pattern, figure, ground, motion)."""
    return zlib.crc32(f"{_SALT} {look.pattern} {look.figure} {look.ground} {look.motion}".encode()) % 8 == 0


def _any(rng: random.Random) -> Look:
    pattern = rng.choice(PATTERNS)
    style = rng.choices(STYLES, (36, 16, 16, 16, 16))[0]
    speed = rng.choices(tuple(SPEEDS), (3, 4, 3))[0]
    motion = rng.choice(ALLOWED[pattern])
    if style != "neon" and rng.random() < 0.04:
        return Look(pattern, "black", rng.choice(BRIGHT), motion, speed, style)
    figure = rng.choice([name for name in COLOURS if name != "black"])
    rest = [name for name in COLOURS if name not in (figure, "black")]
    ground = "black" if rng.random() < 0.35 else rng.choice(rest)
    return Look(pattern, figure, ground, motion, speed, style)


def _near(look: Look, rng: random.Random) -> Look:
    """A scene or default with, half the time, one or two things about it changed."""
    other = _any(rng)
    for part in rng.sample(("figure", "motion", "speed", "style", "ground"), rng.choice((0, 0, 1, 2))):
        value = rng.choice(ALLOWED[look.pattern]) if part == "motion" else getattr(other, part)
        look = replace(look, **{part: value})
    return look


def _visible(look: Look) -> bool:
    dark = look.figure == "black" and (look.style == "neon" or look.ground not in (*BRIGHT, "red"))
    return look.figure != look.ground and not dark


def sample(rng: random.Random, held_out: bool | None = False) -> Look:
    """Draws a look: mostly anything, sometimes near a scene or a pattern's default.

    held_out: False never gives one that is held out, True only such ones, None either.
    """
    while True:
        kind = rng.random()
        if kind < 0.16:
            look = _near(rng.choice(tuple(SCENES.values())), rng)
        elif kind < 0.26:
            look = _near(defaults(rng.choice(PATTERNS)), rng)
        else:
            look = _any(rng)
        if _visible(look) and (held_out is None or is_held_out(look) == held_out):
            return look
