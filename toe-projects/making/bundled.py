"""Writes build.py: builder, texts and description in one file that can be pasted line by line."""

import ast
import pprint
from pathlib import Path
from typing import Any

BUILDER = Path(__file__).with_name("builder.py")
HEAD = '''# {title}: builds its network in TouchDesigner. Made by toe-projects/make.py; change network.py and dats/ instead.
# In the Textport: exec(open(r'PATH/build.py', encoding='utf-8').read())   or paste all of it
# In a Text DAT: right mouse button, Run Script.
'''


def pasted(source: str) -> str:
    """Python as a console takes it: nothing empty within a block, something empty after it; no docstring of the module."""
    lines = source.splitlines()
    blocks = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Expr):
            block = lines[node.lineno - 1 : node.end_lineno]
            blocks.append("\n".join(line for line in block if line.strip()) + "\n")
    return "\n".join(blocks)


def quoted(name: str, text: str) -> str:
    """A text as a literal that reads as it was written."""
    if "'''" in text or "\\" in text:
        raise ValueError(f"{name}: neither ''' nor a backslash can be in the text of a DAT")
    return f"TEXTS[{name!r}] = '''{text}'''\n"


def bundled(project: dict[str, Any]) -> str:
    """The whole file."""
    texts = {wish["name"]: wish["text"] for wish in project["operators"] if "text" in wish}
    bare = [{**wish, "text": None} if "text" in wish else wish for wish in project["operators"]]
    described = pprint.pformat({**project, "operators": bare}, width=110, sort_dicts=False)
    parts = [
        HEAD.format(title=project["title"]),
        pasted(BUILDER.read_text(encoding="utf-8")),
        "\nTEXTS = {}\n",
        *(quoted(name, text) for name, text in texts.items()),
        f"\nPROJECT = {described}\n",
        '\nPROJECT["operators"] = [{**w, "text": TEXTS[w["name"]]} if "text" in w else w for w in PROJECT["operators"]]\n',
        "built = build(PROJECT)\n",
    ]
    return "".join(parts)
