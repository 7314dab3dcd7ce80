"""Draws a network as SVG from its description: a drawing, no picture of TouchDesigner's window."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, EDGE = 150, 54, 24
COLOURS = {"TOP": "#8a7bc8", "CHOP": "#6fa36f", "DAT": "#b08ab0", "COMP": "#9a9a9a"}


def family(kind: str) -> str:
    """TOP, CHOP, DAT or COMP."""
    return next(name for name in COLOURS if kind.endswith(name) and kind[: -len(name)].islower())


def box(wish: Mapping[str, Any], x: float, y: float) -> str:
    """An operator: its name, below it its type."""
    kind = wish["type"]
    middle = x + WIDTH / 2
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="{COLOURS[family(kind)]}"/>'
        f'<text x="{middle}" y="{y + 23}" class="name">{escape(wish["name"])}</text>'
        f'<text x="{middle}" y="{y + 41}" class="type">{escape(kind)}</text>'
        f'<text x="{middle}" y="{y + HEIGHT + 13}" class="note">{escape(wish.get("comment", ""))}</text>'
    )


def wire(start: tuple[float, float], end: tuple[float, float]) -> str:
    """From the right side of one to the left side of another."""
    (x1, y1), (x2, y2) = (start[0] + WIDTH, start[1] + HEIGHT / 2), (end[0], end[1] + HEIGHT / 2)
    bend = max(30, (x2 - x1) / 2)
    return f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'


def drawn(project: Mapping[str, Any]) -> str:
    """The whole file."""
    operators = project["operators"]
    left = min(wish["at"][0] for wish in operators)
    top = max(wish["at"][1] for wish in operators)
    places = {w["name"]: (w["at"][0] - left + EDGE, (top - w["at"][1]) * 0.62 + EDGE + 22) for w in operators}
    wide = max(x for x, _ in places.values()) + WIDTH + EDGE
    high = max(y for _, y in places.values()) + HEIGHT + EDGE
    wires = [wire(places[name], places[w["name"]]) for w in operators for name in w.get("inputs", [])]
    boxes = [box(wish, *places[wish["name"]]) for wish in operators]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" font-family="sans-serif">',
        "<title>The network, by its operators and wires</title>",
        "<style>.name{font-size:14px;text-anchor:middle}.type{font-size:11px;text-anchor:middle;fill:#222}"
        ".note{font-size:11px;text-anchor:middle;fill:#666}"
        "path{fill:none;stroke:#888;stroke-width:2}.title{font-size:13px;fill:#888}</style>",
        f'<rect width="{wide:g}" height="{high:g}" fill="#f4f4f4"/>',
        f'<text x="{EDGE}" y="26" class="title">/project1/{escape(project["name"])}: drawn from network.py</text>',
        *wires,
        *boxes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
