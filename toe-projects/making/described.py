"""How a project's network.py describes its network: plain values, which the builder reads in TouchDesigner."""

from pathlib import Path
from typing import Any


def operator(kind: str, name: str, at: tuple[int, int], **more: Any) -> dict[str, Any]:
    """One operator: its Python type, its name, its place in units of 200 by 130; inputs, pars, text, rows, comment."""
    x, y = at
    return {"type": kind, "name": name, "at": [x * 200, y * -130], **more}


def script(folder: Path, name: str) -> str:
    """The text of a DAT: what is in dats/NAME.py beside the description."""
    return (folder / "dats" / f"{name}.py").read_text(encoding="utf-8")


def expr(text: str) -> dict[str, str]:
    """A value that is an expression."""
    return {"expr": text}


def par(style: str, name: str, label: str, default: Any = None, **more: Any) -> dict[str, Any]:
    """A custom parameter: style as in Page.appendFloat, choices of a menu, the range of its slider, readOnly."""
    wish = {"style": style, "name": name, "label": label, **more}
    return wish if default is None else {**wish, "default": default}
