"""A project: its operators, its time, the module td, and what calls the scripts in it."""

import sys
import types
from collections.abc import Iterator
from typing import Any

from .failure import Undocumented
from .kinds import KINDS, WITH_CALLBACKS
from .operators import CHOP, COMP, DAT, OP, TOP
from .pars import Par, ParMode

FAMILIES = {"COMP": COMP, "DAT": DAT, "TOP": TOP, "CHOP": CHOP}


class Kind:
    """What baseCOMP and the like are in Python."""

    def __init__(self, name: str):
        self.name = name


class Time:
    """absTime; it stands still unless told otherwise."""

    seconds = 0.0


class TdModule(types.ModuleType):
    """The module td: what is not written down is not there."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Undocumented(f"td.{name}")


class World:
    """A new project with /project1."""

    def __init__(self):
        self.time, self.lines = Time(), []
        self.root = COMP(self, "baseCOMP", "", None)
        self.td = TdModule("td")
        self.td.__dict__.update({name: Kind(name) for name in KINDS}, op=self.at, ParMode=ParMode, absTime=self.time)
        sys.modules["td"] = self.td
        self.project = self.made(self.root, self.td.baseCOMP, "project1")

    def made(self, home: COMP, kind: Kind, name: str) -> OP:
        """A new operator."""
        if not isinstance(kind, Kind) or home.op(name) is not None:
            raise Undocumented(f"create({kind!r}, {name!r})")
        family = next(family for family in FAMILIES if kind.name.endswith(family) and kind.name[: -len(family)].islower())
        operator = FAMILIES[family](self, kind.name, name, home)
        home.children.append(operator)
        if kind.name in WITH_CALLBACKS:
            docked = self.made(home, self.td.textDAT, f"{name}_callbacks")
            docked.dock = operator
            operator.par.callbacks = docked.name
        return operator

    def at(self, path: str) -> OP | None:
        """The operator at a path from the root."""
        found = self.root
        for name in path.strip("/").split("/"):
            found = found.op(name) if name and found is not None else found
        return found

    def space(self, operator: OP) -> dict[str, Any]:
        """The names that a script or an expression of an operator has."""
        names = {"me": operator, "parent": operator.parent, "absTime": self.time, "ParMode": ParMode, "td": self.td}
        names["op"] = lambda path: operator.home.op(path) if operator.home else self.at(path)
        names["print"] = lambda *words: self.lines.append(" ".join(str(word) for word in words))
        return names

    def module(self, dat: DAT) -> types.ModuleType:
        """A DAT's text, run once."""
        if "loaded" not in dat.__dict__:
            module = types.ModuleType(dat.name)
            module.__dict__.update(self.space(dat))
            exec(compile(dat.text, dat.path, "exec"), module.__dict__)
            dat.__dict__["loaded"] = module
        return dat.__dict__["loaded"]

    def callback(self, dat: DAT, name: str, *args: Any) -> None:
        """Calls a function of a DAT if it has it."""
        function = getattr(self.module(dat), name, None)
        if function is not None:
            function(*args)

    def _watchers(self, par: Par, flag: str) -> Iterator[DAT]:
        for dat in [child for child in par.owner.children if child.OPType == "parameterexecuteDAT"]:
            pars = dat.par
            watched = pars.pars.eval() == "*" or par.name in pars.pars.eval().split()
            if pars.op.eval() == ".." and pars.custom.eval() and watched and getattr(pars, flag).eval():
                yield dat

    def changed(self, par: Par, before: Any) -> None:
        """A custom parameter has another value."""
        if par.isCustom:
            for dat in self._watchers(par, "valuechange"):
                self.callback(dat, "onValueChange", par, before)

    def pulsed(self, par: Par) -> None:
        """A button was pressed."""
        for dat in self._watchers(par, "onpulse"):
            self.callback(dat, "onPulse", par)

    def frame(self, seconds: float) -> None:
        """A frame begins."""
        self.time.seconds = seconds
        for dat in self.all():
            if dat.OPType == "executeDAT" and dat.par.framestart.eval():
                self.callback(dat, "onFrameStart", int(seconds * 60))

    def all(self, home: OP | None = None) -> Iterator[OP]:
        """Every operator."""
        for child in list((home or self.root).children):
            yield child
            yield from self.all(child)
