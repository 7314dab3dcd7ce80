"""Parameters: Par, ParGroup, Page and what OP.par is."""

import enum
from collections.abc import Mapping
from typing import Any

from .failure import Undocumented
from .kinds import ANY


class ParMode(enum.Enum):
    """td.ParMode."""

    CONSTANT = 0
    EXPRESSION = 1
    EXPORT = 2
    BIND = 3


BUILT_IN = {"val", "expr", "mode"}
CUSTOM = BUILT_IN | {
    "default", "min", "max", "normMin", "normMax", "clampMin", "clampMax", "menuNames", "menuLabels", "menuIndex",
    "readOnly", "enable", "label", "order", "help",
}
STYLES = {"Float": float, "Int": int, "Toggle": bool, "Str": str, "Pulse": "pulse", "Menu": ()}
EMPTY = {float: 0.0, int: 0, bool: False, str: "", "pulse": False}


class Par:
    """One parameter. What is set must be of its kind, a word of its menu, and settable at all."""

    def __init__(self, owner: Any, name: str, kind: Any, page: Any = None, label: str | None = None):
        self.__dict__.update(
            owner=owner, name=name, kind=kind, page=page, label=label or name, isCustom=page is not None, val=None,
            expr="", mode=ParMode.CONSTANT, min=0.0, max=1.0, normMin=0.0, normMax=1.0, clampMin=False, clampMax=False,
            default=None, menuNames=[], menuLabels=[], readOnly=False, enable=True, order=0, help="", touched=False,
        )
        if kind is not ANY:
            self.__dict__["val"] = kind[0] if isinstance(kind, tuple) and kind else EMPTY.get(kind, "")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Undocumented(f"Par.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in (CUSTOM if self.isCustom else BUILT_IN):
            raise Undocumented(f"{self.owner.path} {self.name}: Par.{name} cannot be set")
        if name == "menuIndex":
            name, value = "val", self.words()[value]
        if name == "val":
            value = self._checked(value)
            self.__dict__["mode"] = ParMode.CONSTANT
        if name in ("menuNames", "menuLabels") and (not all(value) or len(set(value)) < len(value)):
            raise Undocumented(f"{self.name}: words of a menu are there once and not empty: {value}")
        before = self.__dict__.get("val")
        self.__dict__.update({name: value, "touched": True})
        if name == "menuNames" and before not in value:
            self.__dict__["val"] = value[0] if value else ""
        if name == "val" and before != value:
            self.owner.world.changed(self, before)

    def _checked(self, value: Any) -> Any:
        kind = self.kind
        if isinstance(value, Par):
            value = value.eval()
        if kind == ():
            kind = tuple(self.menuNames)
        if isinstance(kind, tuple):
            if isinstance(value, int) and not isinstance(value, bool):
                value = kind[value]
            if value not in kind:
                raise Undocumented(f"{self.owner.path} {self.name} has no word {value!r}, only {kind}")
        elif kind in (float, int, bool):
            if not isinstance(value, (int, float)):
                raise Undocumented(f"{self.owner.path} {self.name} is a number, not {value!r}")
            value = kind(value)
            if self.clampMin and kind is not bool:
                value = max(value, kind(self.min))
            if self.clampMax and kind is not bool:
                value = min(value, kind(self.max))
        elif kind is str:
            value = value if isinstance(value, str) else str(value)
        elif kind == "pulse":
            raise Undocumented(f"{self.name} is pressed, not set")
        return value

    def words(self) -> list[str]:
        """The words of a menu."""
        return list(self.menuNames) if self.kind == () else list(self.kind)

    @property
    def menuIndex(self) -> int:
        """Place of the word."""
        return self.words().index(self.eval())

    def eval(self) -> Any:
        """Its value, or that of its expression."""
        if self.mode is not ParMode.EXPRESSION:
            return self.val
        space = self.owner.world.space(self.owner)
        return self._checked(eval(compile(self.expr, f"{self.owner.path}.{self.name}", "eval"), space))

    def pulse(self) -> None:
        """Presses it."""
        if self.kind != "pulse":
            raise Undocumented(f"{self.name} is no pulse")
        self.owner.world.pulsed(self)

    def destroy(self):
        """Custom parameters can be taken away."""
        if self.page is None:
            raise Undocumented(f"{self.name} is built in")
        self.page.pars.remove(self)


class Pars:
    """OP.par: by attribute or, None if there is none, by name. Here every name must be one that is documented."""

    def __init__(self, owner: Any, kinds: Mapping[str, Any]):
        self.__dict__.update(owner=owner, built={name: Par(owner, name, kind) for name, kind in kinds.items()})

    def _find(self, name: str) -> Par | None:
        for par in self.owner.custom():
            if par.name == name:
                return par
        return self.built.get(name)

    def __getitem__(self, name: str) -> Par | None:
        found = self._find(name)
        if found is None and not name[:1].isupper():
            raise Undocumented(f"{self.owner.OPType} has no parameter {name}")
        return found

    def __getattr__(self, name):
        found = self._find(name)
        if found is None:
            raise Undocumented(f"{self.owner.path} has no parameter {name}")
        return found

    def __setattr__(self, name, value):
        getattr(self, name).val = value


class Page:
    """A page of custom parameters."""

    def __init__(self, owner: Any, name: str):
        self.owner, self.name, self.pars = owner, name, []

    def _append(self, style: str, name: str, label: str | None) -> list[Par]:
        plain = name[:1].isascii() and name[:1].isupper() and name[1:].isalnum() and name[1:] == name[1:].lower()
        if not plain or not name.isascii():
            raise Undocumented(f"{name}: a capital, then small letters and digits")
        if self.owner.par._find(name) is not None:
            raise Undocumented(f"{name} is there already, and would lose its value")
        self.pars.append(Par(self.owner, name, STYLES[style], self, label))
        return [self.pars[-1]]

    def __getattr__(self, name):
        if name.startswith("append") and name[6:] in STYLES:
            return lambda name_, label=None: self._append(name[6:], name_, label)
        raise Undocumented(f"Page.{name}")

    def destroy(self):
        """Takes the page away with what is on it."""
        self.owner.customPages.remove(self)
