"""Pieces of pictures: as good to learn from as whole ones, since places are told, and cheaper."""

import random

from torch import Tensor

from stamp import stamp

# Latents that a token stands for along each side: pieces begin between tokens.
TOKEN = 4


def piece(keys: Tensor, size: tuple[int, int], side: int, rng: random.Random) -> tuple[tuple, Tensor]:
    """
    Where a random piece, `side` latents wide and tall, lies in latents of this size, as an index of the last two dimensions,
    and the stamp of that place for streams of these keys. All of it if the side is 0.
    """
    places = stamp(keys, *size)
    if not side:
        return (...,), places
    row, column = (TOKEN * rng.randint(0, (n - side) // TOKEN) for n in size)
    index = (..., slice(row, row + side), slice(column, column + side))
    return index, places[index]
