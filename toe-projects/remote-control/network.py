"""remote-control: every parameter of a session as a custom parameter, moving both ways; a prompt bank; two LFOs."""

from pathlib import Path
from typing import Any

from making.described import expr, operator, par, script

HERE = Path(__file__).parent
UDP = {"protocol": "msging"}
HOST = expr("parent().par.Host.eval()")
PORT = expr("int(parent().par.Oscport.eval())")


def text(name: str, at: tuple[int, int], **more: Any) -> dict[str, Any]:
    """A Text DAT with the script of its name."""
    return operator("textDAT", name, at, text=script(HERE, name), **more)


def lfo(name: str, row: int, address: str) -> list[dict[str, Any]]:
    """An LFO between two ends, and the OSC Out that sends it while it is switched on."""
    low, high, name = f"parent().par.{name}low.eval()", f"parent().par.{name}high.eval()", name.lower()
    page = name.capitalize()
    return [
        operator("lfoCHOP", f"{name}_lfo", (4, row), comment=f"swings {page}'s scale", pars={
            "wavetype": "sin",
            "frequency": expr(f"parent().par.{page}speed.eval()"),
            "offset": expr(f"({low} + {high}) / 2"),
            "amp": expr(f"({high} - {low}) / 2"),
            "channelname": expr(address),
        }),
        operator("oscoutCHOP", f"{name}_out", (5, row), comment="while it moves", inputs=[f"{name}_lfo"], pars={
            "active": expr(f"parent().par.{page}move.eval()"), **UDP, "netaddress": HOST, "port": PORT,
            "format": "sample", "numericformat": "float", "cookalways": True,
        }),
    ]


OPERATORS = [
    operator("executeDAT", "clock", (0, 0), text=script(HERE, "clock"), pars={"framestart": True},
             comment="subscribes and asks in time"),
    operator("parameterexecuteDAT", "turned", (0, 1), text=script(HERE, "turned"), comment="custom parameters, to OSC",
             pars={"op": "..", "pars": "*", "custom": True, "builtin": False, "valuechange": True, "onpulse": True}),
    text("talk", (1, 0), comment="speaks with the daemon"),
    text("pages", (1, 1), comment="makes custom parameters"),
    text("names", (1, 2)),
    text("values", (1, 3)),
    operator("webclientDAT", "http", (2, 0), comment="GET /api/v1/params", pars={"timeout": 3000}),
    text("http_callbacks", (3, 0)),
    operator("oscoutDAT", "osc_out", (2, 1), comment="values, to port 9000", pars={**UDP, "address": HOST, "port": PORT}),
    operator("oscinDAT", "osc_in", (2, 2), comment="values, at port 9001", pars={
        **UDP, "port": expr("int(parent().par.Listenport.eval())"), "splitbundle": True, "clamp": True, "maxlines": 20,
    }),
    text("osc_in_callbacks", (3, 2)),
    operator("tableDAT", "bank", (2, 3), comment="prompts: add rows", rows=[
        ["name", "prompt"],
        ["lake", "a quiet lake at dawn, mist over the water"],
        ["fire", "a fire of coloured sparks in the dark"],
        ["city", "a city of glass at night, seen from above"],
        ["forest", "a forest of giant ferns, sun between the leaves"],
    ]),
    text("bank_keeper", (3, 3)),
    *lfo("Lora", 0, "parent().par.Session.eval() + '/lora/' + str(int(parent().par.Loraslot.eval())) + '/scale'"),
    *lfo("Vace", 1, "parent().par.Session.eval() + '/vace/scale'"),
]
for wish in OPERATORS:
    if wish["name"] in ("http", "osc_in"):
        wish["pars"]["callbacks"] = wish["name"] + "_callbacks"


def swing(name: str, low: float, high: float) -> list[dict[str, Any]]:
    """What can be turned of an LFO."""
    return [
        par("Toggle", f"{name}move", f"{name} moves", False),
        par("Float", f"{name}speed", "Times a second", 0.1, range=[0, 2]),
        par("Float", f"{name}low", "From", low, range=[low, high]),
        par("Float", f"{name}high", "To", high, range=[low, high]),
    ]


PROJECT = {
    "title": "remote-control",
    "name": "mutoscope",
    "pages": [
        ["Mutoscope", [
            par("Str", "Host", "Host", "127.0.0.1"),
            par("Int", "Httpport", "HTTP port", 8000, range=[1, 65535]),
            par("Int", "Oscport", "OSC port", 9000, range=[1, 65535]),
            par("Int", "Listenport", "OSC port here", 9001, range=[1, 65535]),
            par("Str", "Token", "Token", ""),
            par("Str", "Session", "Session", "main"),
            par("Pulse", "Refresh", "Refresh"),
            par("Str", "Status", "Status", "", readOnly=True),
        ]],
        ["Bank", [
            par("Int", "Row", "Row", 1, range=[1, 16]),
            par("Pulse", "Send", "Send"),
            par("Pulse", "Previous", "Previous"),
            par("Pulse", "Next", "Next"),
        ]],
        ["Move", [*swing("Lora", 0, 1), par("Int", "Loraslot", "LoRA", 1, range=[1, 8]), *swing("Vace", 0, 2)]],
    ],
    "operators": OPERATORS,
}
