"""How far a pattern has moved: phases that accumulate over frames, so that a change of motion never jumps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .look import SPEEDS, Look

# Per frame at medium speed. Four frames at fast speed stay under half a period of every pattern:
# beyond that a motion looks like its opposite.
_SHIFT = 0.028  # half-sides of the screen
_TURN = {"spiral": 0.05, "rays": 0.03, "tunnel": 0.035, "kaleidoscope": 0.025}
_LATTICE_TURN = 0.022  # radians
_ZOOM = {"rings": 0.028, "diamonds": 0.032, "tunnel": 0.17, "kaleidoscope": 0.17}
_LATTICE_ZOOM = 0.025  # octaves
_PULSE = 1 / 24  # cycles

_DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass
class Phases:
    """turn: radians clockwise. zoom: octaves in 0..1 for a lattice, else the pattern's own unit. near and
    far: what is taken off a lattice's coordinates in the octave that is shown, and in the next finer one.
    pulse: cycles."""

    turn: float = 0.0
    zoom: float = 0.0
    near: tuple[float, float] = (0.0, 0.0)
    far: tuple[float, float] = (0.0, 0.0)
    pulse: float = 0.0

    def copy(self) -> Phases:
        return Phases(self.turn, self.zoom, self.near, self.far, self.pulse)

    def advance(self, look: Look, frames: float, spin: float, stretch: float) -> None:
        """Moves on as the look does in so many frames.

        spin, stretch: how the viewpoint turns and scales the screen into the world.
        """
        step = SPEEDS[look.speed] * frames
        motion = look.motion
        if motion == "pulse":
            self.pulse += _PULSE * step
        elif motion == "clockwise" or motion == "counterclockwise":
            sign = 1 if motion == "clockwise" else -1
            self.turn += sign * _TURN.get(look.pattern, _LATTICE_TURN) * step
        elif motion == "in" or motion == "out":
            sign = 1 if motion == "in" else -1
            if look.pattern in _ZOOM:
                self.zoom += sign * _ZOOM[look.pattern] * step
            else:
                self._octaves(sign * _LATTICE_ZOOM * step)
        else:
            self._shift(_DIRECTIONS[motion], _SHIFT * step / stretch, spin)

    def _octaves(self, amount: float) -> None:
        self.zoom += amount
        while self.zoom >= 1:
            self.zoom -= 1
            self.near = self.far
        while self.zoom < 0:
            self.zoom += 1
            self.far = self.near

    def _shift(self, direction: tuple[int, int], length: float, spin: float) -> None:
        angle = spin - self.turn
        x, y = direction[0] * length, direction[1] * length
        x, y = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
        near, far = 2.0**self.zoom, 2.0 ** (self.zoom - 1)
        self.near = (self.near[0] + x / near, self.near[1] + y / near)
        self.far = (self.far[0] + x / far, self.far[1] + y / far)
