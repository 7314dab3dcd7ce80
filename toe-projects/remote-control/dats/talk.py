"""Speaks with the daemon: asks for its description by HTTP, tells and hears values by OSC."""

import json

# Seconds: a subscription by OSC lives 60; a description is asked for again when none came; a hand on a parameter wins.
RENEW, RETRY, SOON, HAND = 25, 5, 0.5, 0.25
# What changes which parameters there are.
STRUCTURE = ("/session/pipeline", "/source/kind")
state = {"renew": 0, "ask": 0, "waits": False, "known": {}, "turned": {}}


def session():
    """The session that is steered."""
    return parent().par.Session.eval()


def entries():
    """What the daemon described, by address."""
    return parent().fetch("entries", {}, search=False)


def say(text):
    """Shows how it stands."""
    parent().par.Status.val = text


def again():
    """Begins anew: at the next frame."""
    state["renew"] = state["ask"] = 0


def ask_soon():
    """Asks for the description shortly, unless it is on its way: several reasons to do so usually come at once."""
    if not state["waits"]:
        state["ask"] = min(state["ask"], absTime.seconds + SOON)


def tick():
    """Every frame: subscribes in time, and asks for a description when one is due."""
    now, comp = absTime.seconds, parent()
    if now >= state["renew"]:
        state["renew"] = now + RENEW
        op("osc_out").sendOSC("/sub", ["/" + session() + "/**", int(comp.par.Listenport.eval())])
    if now >= state["ask"]:
        state["ask"], state["waits"] = now + RETRY, True
        token = comp.par.Token.eval()
        url = "http://" + comp.par.Host.eval() + ":" + str(int(comp.par.Httpport.eval()))
        header = {"Authorization": "Bearer " + token} if token else {}
        op("http").request(url + "/api/v1/params?path=/" + session(), "GET", header=header)


def described(code, data):
    """An answer came: builds the pages and shows the values."""
    if code == 401:
        say("Put into Token what this prints: npx mutoscope token operator")
    elif code != 200:
        say("No answer from the daemon, " + str(code))
    else:
        answer = json.loads(data.decode("utf-8") if isinstance(data, (bytes, bytearray)) else data)
        state["ask"], state["waits"] = float("inf"), False
        found = op("pages").module.rebuild(parent(), answer["tree"], session())
        for address, value in answer["values"].items():
            if address in found and found[address]["type"] != "trigger":
                heard(address, value if isinstance(value, list) else [value])
        say(str(len(found)) + " parameters of " + session())


def heard(address, args):
    """A value was turned elsewhere: shows it, unless a hand here is on it."""
    entry = entries().get(address)
    if entry is None:
        if address.startswith("/" + session() + "/"):
            ask_soon()
        return
    if absTime.seconds - state["turned"].get(address, -HAND) < HAND:
        return
    par, values = parent().par[entry["name"]], op("values").module
    before = state["known"].get(address)
    moved = before is not None and not values.same(before, list(args))
    state["known"][address] = list(args)
    values.show(entry, par, list(args))
    state["known"][address] = values.args_of(entry, par)
    if moved and address.endswith(STRUCTURE):
        ask_soon()


def turned(par):
    """A custom parameter changed here: tells the daemon, unless it is what the daemon told."""
    for address, entry in entries().items():
        if entry["name"] == par.name:
            args = op("values").module.args_of(entry, par)
            if not entry["readOnly"] and args and not op("values").module.same(state["known"].get(address), args):
                tell(address, args)
            return
    if par.name in ("Host", "Httpport", "Listenport", "Token", "Session"):
        again()


def tell(address, args):
    """Sends a value, and remembers that it was sent."""
    state["known"][address] = args
    state["turned"][address] = absTime.seconds
    op("osc_out").sendOSC(address, args)
    if address.endswith(STRUCTURE):
        ask_soon()


def pulsed(par):
    """A button: one of the daemon's triggers, or one of ours."""
    if par.name == "Refresh":
        again()
    elif par.name in ("Send", "Previous", "Next"):
        op("bank_keeper").module.pulsed(par.name)
    for address, entry in entries().items():
        if entry["name"] == par.name:
            op("osc_out").sendOSC(address, [True])
