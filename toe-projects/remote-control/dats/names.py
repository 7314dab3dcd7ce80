"""What a parameter of the daemon is called here: its custom parameter, the page it is on, its style."""

PARTS = ("session", "transport", "source", "sink", "stage", "plugin")
STYLES = {
    "number": "Float",
    "integer": "Int",
    "boolean": "Toggle",
    "enum": "Menu",
    "string": "Str",
    "numbers": "Str",
    "trigger": "Pulse",
}


def name_of(address, session, taken):
    """/main/vace/scale is Vacescale. TouchDesigner wants a capital first, then small letters and digits."""
    short = address.split("/", 2)[2] if address.startswith("/" + session + "/") else address
    plain = "".join(sign for sign in short.lower() if sign.isascii() and sign.isalnum())
    name = plain.capitalize() if plain[:1].isalpha() else "P" + plain
    free, count = name, 2
    while free in taken:
        free, count = name + "v" + str(count), count + 1
    return free


def page_of(param, session):
    """A part of the session has a page of its own, the pipeline one for each group."""
    segments = param["address"].split("/")[2:]
    if segments[0] not in PARTS or len(segments) < 2:
        return param.get("group") or "Pipeline"
    return " ".join(segments[:-1][:2]).capitalize()


def entry_of(param, session, taken):
    """All that is kept of a parameter: plain values, which can be compared and saved."""
    return {
        "name": name_of(param["address"], session, taken),
        "page": page_of(param, session),
        "style": STYLES[param["type"]],
        "type": param["type"],
        "label": param["label"],
        "default": param["default"],
        "least": param.get("min"),
        "most": param.get("max"),
        "choices": list(param.get("choices") or []),
        "readOnly": bool(param.get("readOnly")),
    }
