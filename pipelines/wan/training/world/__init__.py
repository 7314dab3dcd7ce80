"""The procedural world that pocket is trained on: VJ loops drawn by formula, and the words for them."""

from .grammar import caption, vocabulary
from .look import (
    ALLOWED,
    COLOURS,
    MOTIONS,
    PATTERNS,
    SCENES,
    SPEEDS,
    STYLES,
    Look,
    defaults,
    is_held_out,
    sample,
)
from .film import render

__all__ = [
    "ALLOWED",
    "COLOURS",
    "MOTIONS",
    "PATTERNS",
    "SCENES",
    "SPEEDS",
    "STYLES",
    "Look",
    "caption",
    "defaults",
    "is_held_out",
    "render",

    "sample",
    "vocabulary",
]
