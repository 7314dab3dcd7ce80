"""Operators: OP, COMP, DAT, TOP and their connectors."""

import types
from typing import Any

from .failure import Undocumented
from .kinds import KINDS
from .pars import Page, Par, Pars

SETTABLE = {"nodeX", "nodeY", "viewer", "comment", "text", "dock", "name", "color"}


class Connector:
    """One input of an operator."""

    def __init__(self, owner: "OP", index: int):
        self.owner, self.index, self.source = owner, index, None

    def connect(self, target: "OP") -> None:
        """Wires an operator of the same family to it."""
        if target.parent() is not self.owner.parent() or target.family != self.owner.family:
            raise Undocumented(f"{target.path} cannot be wired to {self.owner.path}")
        self.source = target


class Connectors:
    """OP.inputConnectors: as many as its page says; where there is no limit, one after another."""

    def __init__(self, owner: "OP", most: int | None):
        self.owner, self.most, self.made = owner, most, []

    def __getitem__(self, index: int) -> Connector:
        if self.most is not None and index >= self.most:
            raise Undocumented(f"{self.owner.path} has {self.most} inputs")
        while len(self.made) <= index:
            self.made.append(Connector(self.owner, len(self.made)))
        return self.made[index]


class OP:
    """What all operators have."""

    def __init__(self, world: Any, kind: str, name: str, home: "COMP | None"):
        most, kinds = KINDS[kind]
        self.__dict__.update(
            world=world, OPType=kind, name=name, home=home, nodeX=0, nodeY=0, viewer=False, comment="", dock=None,
            color=None, children=[], customPages=[], text="", table=[], storage={}, picture=None, sent=[], asked=[],
        )
        self.__dict__["par"] = Pars(self, kinds)
        self.__dict__["inputConnectors"] = Connectors(self, most)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in SETTABLE:
            raise Undocumented(f"OP.{name} cannot be set")
        self.__dict__[name] = value
        if name == "text":
            self.__dict__.pop("loaded", None)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Undocumented(f"{self.OPType}.{name}")

    @property
    def family(self) -> str:
        """TOP, CHOP, DAT or COMP."""
        return "".join(sign for sign in self.OPType if sign.isupper())

    @property
    def path(self) -> str:
        """Where it is."""
        return "/" if self.home is None else (self.home.path.rstrip("/") + "/" + self.name)

    def parent(self) -> "COMP | None":
        """The component that it is in."""
        return self.home

    def op(self, path: str) -> "OP | None":
        """Another operator, None if there is none."""
        if path.startswith("/"):
            return self.world.at(path)
        if path == "..":
            return self.home
        return next((child for child in self.children if child.name == path), None)

    def custom(self) -> list[Par]:
        """All custom parameters."""
        return [par for page in self.customPages for par in page.pars]

    @property
    def customPars(self) -> list[Par]:
        """All custom parameters of a component."""
        return self.custom()

    def store(self, key: str, value: Any) -> None:
        """Keeps a value with the operator."""
        self.storage[key] = value

    def fetch(self, key: str, default: Any = None, search: bool = True, storeDefault: bool = False) -> Any:
        """A value that is kept."""
        return self.storage.get(key, default)

    def destroy(self):
        """Takes it away."""
        self.home.children.remove(self)

    def cook(self, force: bool = False) -> None:
        """A Script TOP runs its callback."""
        if self.OPType == "scriptTOP":
            self.world.callback(self.home.op(self.par.callbacks.eval()), "onCook", self)


class COMP(OP):
    """A component."""

    def create(self, kind: Any, name: str) -> OP:
        """Makes an operator in it; some bring the DAT of their callbacks."""
        return self.world.made(self, kind, name)

    def appendCustomPage(self, name: str) -> Page:
        """A new page of custom parameters."""
        if any(page.name == name for page in self.customPages):
            raise Undocumented(f"there is a page {name} already")
        self.customPages.append(Page(self, name))
        return self.customPages[-1]


class Cell:
    """A cell of a table."""

    def __init__(self, val: str):
        self.val = val


class DAT(OP):
    """Text, or a table."""

    @property
    def module(self) -> types.ModuleType:
        """Its text as a module."""
        return self.world.module(self)

    @property
    def numRows(self) -> int:
        """How many rows a table has."""
        return len(self.table)

    def __getitem__(self, at: tuple[int, int]) -> Cell:
        return Cell(self.table[at[0]][at[1]])

    def clear(self) -> None:
        """Takes all rows away."""
        self.table.clear()

    def appendRow(self, cells: list[Any]) -> None:
        """Adds a row."""
        self.table.append([str(cell) for cell in cells])

    def sendOSC(self, address, values, asBundle=False, useNonStandardTypes=True, use64BitPrecision=False):
        """OSC Out DAT."""
        if self.OPType != "oscoutDAT" or not isinstance(values, list):
            raise Undocumented(f"{self.OPType}.sendOSC({address}, {values!r})")
        for value in values:
            if not isinstance(value, (bool, int, float, str)):
                raise Undocumented(f"OSC has no {value!r}")
        self.sent.append([address, values])

    def request(self, url, method, header=None, data=None, pars=None):
        """Web Client DAT."""
        if self.OPType != "webclientDAT" or method not in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
            raise Undocumented(f"{self.OPType}.request({method})")
        self.asked.append([method, url, header or {}])
        return len(self.asked)


class TOP(OP):
    """A picture."""

    def copyNumpyArray(self, array: Any) -> None:
        """Script TOP: height, width, four channels, bytes; the first row is the lowest."""
        if self.OPType != "scriptTOP" or len(array.shape) != 3 or array.shape[2] != 4 or array.dtype != "uint8":
            raise Undocumented(f"{self.OPType}.copyNumpyArray of {array.shape}")
        self.__dict__["picture"] = array


class CHOP(OP):
    """Channels."""
