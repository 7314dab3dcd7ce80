"""Values between custom parameters and OSC messages."""

import struct


def args_of(entry, par):
    """What a message says of a parameter: a list of arguments."""
    kind, value = entry["type"], par.eval()
    if kind == "boolean":
        return [1 if value else 0]
    if kind == "enum":
        return [entry["choices"][par.menuIndex]]
    if kind == "numbers":
        return numbers_in(value)
    return [value]


def numbers_in(text):
    """1000 750: a list of numbers in a text; what is none is left out."""
    found = []
    for word in str(text).replace(",", " ").split():
        try:
            found.append(float(word))
        except ValueError:
            pass
    return found


def show(entry, par, args):
    """Sets a custom parameter to what a message says. Yes and no come as 1 and 0, a word of a menu as text."""
    kind = entry["type"]
    if not args:
        return
    if kind == "boolean":
        par.val = bool(args[0])
    elif kind == "enum":
        if args[0] in entry["choices"]:
            par.menuIndex = entry["choices"].index(args[0])
    elif kind == "numbers":
        par.val = " ".join(format(float(number), ".7g") for number in args)
    else:
        par.val = args[0]


def same(known, args):
    """Whether two messages say the same. Numbers travel as 32 bits, so they are compared so."""
    return known is not None and len(known) == len(args) and all(plain(a) == plain(b) for a, b in zip(known, args))


def plain(value):
    """A number as it is in 32 bits; anything else as it is."""
    return value if isinstance(value, str) else struct.unpack("f", struct.pack("f", float(value)))[0]
