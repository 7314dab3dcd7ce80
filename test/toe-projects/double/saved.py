"""Reads a project's expanded form as it is documented, and nothing that the script knows which wrote it."""

import struct
from pathlib import Path

from .failure import Undocumented
from .world import World


def opened(world: World, folder: str, name: str) -> None:
    """Puts everything that X.toe.toc lists into a world, in its order, and starts it."""
    listed = (Path(folder) / f"{name}.toe.toc").read_text(encoding="utf-8").splitlines()
    home = Path(folder) / f"{name}.toe.dir"
    there = sorted(str(path.relative_to(home).as_posix()) for path in home.rglob("*") if path.is_file())
    if sorted(listed) != there:
        raise Undocumented(f"the list has {listed}, the folder {there}")
    for path in listed:
        place, _, ending = path.rpartition(".")
        if place:
            READERS[ending](world, "/" + place, (home / path).read_bytes())
    for dat in list(world.all()):
        if dat.OPType == "executeDAT" and dat.par.start.eval():
            world.callback(dat, "onStart")


def node(world: World, path: str, data: bytes) -> None:
    """FAMILY:type, tile, flags, color, end."""
    head, tile, flags, color, end, *more = data.decode("utf-8").split("\n")
    family, _, kind = head.partition(":")
    if not flags.startswith("flags =  ") or not color.startswith("color ") or end != "end" or more != [""]:
        raise Undocumented(f"{path}.n: {data!r}")
    where, _, name = path.rpartition("/")
    operator = world.at(path) or world.made(world.at(where), getattr(world.td, kind + family), name)
    operator.nodeX, operator.nodeY = (int(number) for number in tile.split()[1:3])


def parm(world: World, path: str, data: bytes) -> None:
    """Lines of name, mode and value between question marks; mode 0 is a constant."""
    first, *lines, last, end = data.decode("utf-8").split("\n")
    if (first, last, end) != ("?", "?", ""):
        raise Undocumented(f"{path}.parm: {data!r}")
    for line in lines:
        name, mode, value = line.split(" ", 2)
        if mode != "0":
            raise Undocumented(f"{path}.parm: {line}")
        getattr(world.at(path).par, name).val = {"on": True, "off": False}.get(value, value)


def text(world: World, path: str, data: bytes) -> None:
    """2, a line, an asterisk; six numbers, the last of which is the length; the text."""
    numbers = struct.unpack(">6I", data[3:27])
    if data[:3] != b"2\n*" or numbers[:5] != (1, 1, 1, 1, 2) or numbers[5] != len(data) - 27:
        raise Undocumented(f"{path}.text: {data[:27]!r}")
    world.at(path).text = data[27:].decode("utf-8")


READERS = {"n": node, "parm": parm, "text": text}
