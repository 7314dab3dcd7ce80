#!/usr/bin/env python3
"""
Plays a project in a double of TouchDesigner: `double.py FOLDER NAME HOW COMPONENT`, HOW being run, paste or start. Takes one
command as JSON a line, and answers each with what was sent, asked and printed since the last, and its result.
"""

import code
import json
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

from double import network, pixels, saved, world  # noqa: E402

folder, name, how, component = sys.argv[1:5]
pixels.install()
here = world.World()
bundle = (Path(folder) / "build.py").read_text(encoding="utf-8")


def run() -> None:
    """As `exec(open(...).read())` in the Textport."""
    exec(compile(bundle, "build.py", "exec"), here.space(here.project))


def paste() -> None:
    """Line by line, as a console takes what is pasted into it."""
    console = code.InteractiveConsole(here.space(here.project))
    errors = []
    console.write = errors.append
    waits = False
    for line in bundle.split("\n"):
        waits = console.push(line)
    if errors or waits:
        raise SystemExit("".join(errors) or "the console waits for more")


def start() -> None:
    """As TouchDesigner starts with the project that toecollapse packed."""
    saved.opened(here, folder, name)


def channels() -> list[str]:
    """What OSC Out CHOPs send: the addresses of those that are on."""
    found = []
    for chop in [one for one in here.all() if one.OPType == "oscoutCHOP" and one.par.active.eval()]:
        source = chop.inputConnectors[0].source
        par = source.par.channelname if source.OPType == "lfoCHOP" else source.par.renameto
        found.append("/" + par.eval())
    return found


def play(command: dict[str, Any]) -> Any:
    """One command."""
    comp, do = here.at("/project1/" + component), command["do"]
    if do == "build":
        run()
    elif do == "network":
        return network.described(comp)
    elif do == "frame":
        here.frame(command["seconds"])
    elif do == "answer":
        callbacks = comp.op(comp.op("http").par.callbacks.eval())
        status = {"code": command["code"], "message": ""}
        here.callback(callbacks, "onResponse", comp.op("http"), status, {}, command["body"].encode("utf-8"), 1)
    elif do == "osc":
        callbacks = comp.op(comp.op("osc_in").par.callbacks.eval())
        for address, args in command["messages"]:
            here.callback(callbacks, "onReceiveOSC", comp.op("osc_in"), 1, "", b"", 0, address, args, None)
    elif do == "set":
        getattr(comp.par, command["par"]).val = command["value"]
    elif do == "pulse":
        getattr(comp.par, command["par"]).pulse()
    elif do == "pars":
        return {par.name: {"value": par.eval(), "page": par.page.name, "style": str(par.kind)} for par in comp.customPars}
    elif do == "channels":
        return channels()
    elif do == "picture":
        picture = comp.op(command["op"]).picture
        return picture and {"shape": list(picture.shape), "data": list(picture.data)}
    else:
        raise ValueError(do)
    return None


def drained(kind: str, field: str) -> list[Any]:
    """What operators of a kind kept since the last time."""
    kept = [entry for one in here.all() if one.OPType == kind for entry in getattr(one, field)]
    for one in here.all():
        if one.OPType == kind:
            getattr(one, field).clear()
    return kept


{"run": run, "paste": paste, "start": start}[how]()
for line in sys.stdin:
    result = play(json.loads(line))
    answer = {"sent": drained("oscoutDAT", "sent"), "asked": drained("webclientDAT", "asked"), "result": result}
    print(json.dumps({**answer, "lines": here.lines[:]}), flush=True)
    here.lines.clear()
