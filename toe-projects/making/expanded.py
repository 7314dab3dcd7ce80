"""
Writes a project as toeexpand leaves it: a folder X.toe.dir and a list X.toe.toc, which toecollapse packs to X.toe.

In it is what builds the network when TouchDesigner starts, and nothing more: files name about seventy types of operators by
contractions that are written down nowhere, so the types here are those that are called what they are called.
"""

import struct
from collections.abc import Mapping
from typing import Any

BOOT = '''def onStart():
    """Builds the network, unless it was built before and saved."""
    if op('{name}') is None:
        exec(op('setup').text, globals())
    return
'''
ROOT = {
    ".build": "version 099\nbuild 2025.32460\n",
    ".start": "cookrate 60\nclock -f 1 -s 1 -o 0 -w 0\nrealtime on\nviewers off\n",
    ".grps": "-2\n0\n",
    ".application": (
        "winplacement ontop=0 mode=auto posx=0 posy=0 sizex=1024 sizey=640 enable=1 perform.path=/perform\n"
    ),
}


def node(kind: str, x: int, y: int) -> str:
    """A .n file."""
    return f"{kind}\ntile {x} {y} 130 90\nflags =  viewer 1 parlanguage 0\ncolor 0.55 0.55 0.55 \nend\n"


def parm(values: Mapping[str, str]) -> str:
    """A .parm file: values that are not the usual ones."""
    return "".join(["?\n", *(f"{name} 0 {value}\n" for name, value in values.items()), "?\n"])


def text(content: str) -> bytes:
    """A .text file: a head of 27 bytes, and the text in UTF-8."""
    data = content.encode("utf-8")
    return b"2\n*" + struct.pack(">6I", 1, 1, 1, 1, 2, len(data)) + data


def expanded(project: Mapping[str, Any], bundle: str) -> dict[str, bytes]:
    """Everything in X.toe.dir by path, in the order in which it is loaded."""
    files: dict[str, str | bytes] = {
        **ROOT,
        "perform.n": node("COMP:window", 200, 0),
        "perform.parm": parm({"winop": "project1"}),
        "project1.n": node("COMP:base", 0, 0),
        "project1/setup.n": node("DAT:text", 0, 0),
        "project1/setup.parm": parm({"language": "python"}),
        "project1/setup.text": text(bundle),
        "project1/boot.n": node("DAT:execute", 200, 0),
        "project1/boot.parm": parm({"start": "on", "language": "python"}),
        "project1/boot.text": text(BOOT.format(name=project["name"])),
    }
    return {path: data if isinstance(data, bytes) else data.encode("utf-8") for path, data in files.items()}
