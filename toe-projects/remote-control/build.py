# remote-control: builds its network in TouchDesigner. Made by toe-projects/make.py; change network.py and dats/ instead.
# In the Textport: exec(open(r'PATH/build.py', encoding='utf-8').read())   or paste all of it
# In a Text DAT: right mouse button, Run Script.
import td

def made(home, kind, name):
    """The operator of that name, made if it is not there; one of another type gives way."""
    found = home.op(name)
    if found is not None and found.OPType != kind:
        found.destroy()
        found = None
    return home.create(getattr(td, kind), name) if found is None else found

def turn(operator, name, value, missing):
    """Sets a parameter to a value or, by {"expr": ...}, to an expression. One that this build does not have is noted."""
    par = operator.par[name]
    if par is None:
        missing.append(operator.path + " " + name)
    elif isinstance(value, dict):
        par.expr = value["expr"]
        par.mode = td.ParMode.EXPRESSION
    else:
        par.val = value

def append(page, wish):
    """Appends a custom parameter to a page."""
    par = getattr(page, "append" + wish["style"])(wish["name"], label=wish["label"])[0]
    if "choices" in wish:
        par.menuNames = wish["choices"]
        par.menuLabels = wish["choices"]
    if "range" in wish:
        par.normMin, par.normMax = wish["range"]
    if "default" in wish:
        par.default = wish["default"]
        par.val = wish["default"]
    par.readOnly = wish.get("readOnly", False)

def paged(comp, pages):
    """Appends those custom pages and parameters that are not there; what is there keeps its value."""
    there = [par.name for par in comp.customPars]
    for title, wishes in pages:
        page = ([page for page in comp.customPages if page.name == title] or [None])[0]
        if page is None:
            page = comp.appendCustomPage(title)
        for wish in wishes:
            if wish["name"] not in there:
                append(page, wish)

def filled(operator, wish):
    """Puts a DAT's text or rows into it. Rows that are there already are somebody's work and stay."""
    if "text" in wish:
        operator.text = wish["text"]
    if "rows" in wish and operator.numRows < 2:
        operator.clear()
        for row in wish["rows"]:
            operator.appendRow(row)

def build(project):
    """Builds a project in /project1, mends what is there, says what this build of TouchDesigner does not have."""
    home = td.op("/project1")
    if home is None:
        home = td.op("/")
    comp = made(home, "baseCOMP", project["name"])
    comp.viewer = True
    paged(comp, project["pages"])
    missing = []
    for wish in project["operators"]:
        operator = made(comp, wish["type"], wish["name"])
        operator.nodeX, operator.nodeY = wish["at"]
        operator.comment = wish.get("comment", "")
        filled(operator, wish)
    for wish in project["operators"]:
        operator = comp.op(wish["name"])
        for index, name in enumerate(wish.get("inputs", [])):
            operator.inputConnectors[index].connect(comp.op(name))
        for name, value in wish.get("pars", {}).items():
            turn(operator, name, value, missing)
    for name in missing:
        print("This build of TouchDesigner has no parameter", name)
    print("Built", comp.path)
    return comp

TEXTS = {}
TEXTS['clock'] = '''def onFrameStart(frame):
    op('talk').module.tick()
    return
'''
TEXTS['turned'] = '''def onValueChange(par, prev):
    op('talk').module.turned(par)
    return

def onPulse(par):
    op('talk').module.pulsed(par)
    return
'''
TEXTS['talk'] = '''"""Speaks with the daemon: asks for its description by HTTP, tells and hears values by OSC."""

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
'''
TEXTS['pages'] = '''"""Custom parameters for everything that the daemon describes. Those that stay as they were are not touched."""


def rebuild(comp, tree, session):
    """Brings the custom pages in line with a description; returns the entries by address."""
    names = op("names").module
    before = comp.fetch("entries", {}, search=False)
    own = [par.name for par in comp.customPars if par.name not in [entry["name"] for entry in before.values()]]
    entries = {}
    for param in tree:
        taken = own + [entry["name"] for entry in entries.values()]
        entries[param["address"]] = names.entry_of(param, session, taken)
    for address, entry in before.items():
        if entries.get(address) != entry and comp.par[entry["name"]] is not None:
            comp.par[entry["name"]].destroy()
    there = [par.name for par in comp.customPars]
    for entry in entries.values():
        if entry["name"] not in there:
            append(comp, entry)
    for page in [page for page in comp.customPages if not page.pars]:
        page.destroy()
    comp.store("entries", entries)
    return entries


def page_named(comp, title):
    """The page of that name, made if it is not there."""
    for page in comp.customPages:
        if page.name == title:
            return page
    return comp.appendCustomPage(title)


def append(comp, entry):
    """Appends one custom parameter, with its range and words."""
    page = page_named(comp, entry["page"])
    par = getattr(page, "append" + entry["style"])(entry["name"], label=entry["label"])[0]
    if entry["style"] in ("Float", "Int"):
        bound(par, entry["least"], entry["most"])
    if entry["style"] == "Menu":
        par.menuNames = [word or "none" for word in entry["choices"]]
        par.menuLabels = [word or "none" for word in entry["choices"]]
    if entry["type"] in ("number", "integer", "string", "boolean"):
        par.default = entry["default"]
        par.val = entry["default"]
    par.readOnly = entry["readOnly"]


def bound(par, least, most):
    """The ends of a slider: the daemon's own where it has some."""
    if least is not None:
        par.min = par.normMin = least
        par.clampMin = True
    if most is not None:
        par.max = par.normMax = most
        par.clampMax = True
'''
TEXTS['names'] = '''"""What a parameter of the daemon is called here: its custom parameter, the page it is on, its style."""

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
'''
TEXTS['values'] = '''"""Values between custom parameters and OSC messages."""

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
'''
TEXTS['http_callbacks'] = '''def onConnect(webClientDAT, *more):
    return

def onDisconnect(webClientDAT, *more):
    return

def onResponse(webClientDAT, statusCode, headerDict, data, *more):
    op('talk').module.described(int(statusCode['code']), data)
    return
'''
TEXTS['osc_in_callbacks'] = '''def onReceiveOSC(dat, rowIndex, message, byteData, timeStamp, address, args, peer):
    op('talk').module.heard(address, args)
    return
'''
TEXTS['bank_keeper'] = '''"""The prompt bank: the rows of the table beside, one after another or by number."""


def pulsed(name):
    """Send, Previous or Next."""
    row = parent().par.Row
    last = op("bank").numRows - 1
    if last < 1:
        return
    step = {"Previous": -1, "Next": 1}.get(name, 0)
    row.val = (int(row.eval()) - 1 + step) % last + 1
    recall(int(row.eval()))


def recall(row):
    """Sends the prompt of a row; how long the picture travels to it is /prompt/transition/steps."""
    talk = op("talk").module
    address, text = "/" + talk.session() + "/prompt/1/text", op("bank")[row, 1].val
    entry = talk.entries().get(address)
    if entry is not None:
        parent().par[entry["name"]].val = text
    talk.tell(address, [text])
'''

PROJECT = {'title': 'remote-control',
 'name': 'mutoscope',
 'pages': [['Mutoscope',
            [{'style': 'Str', 'name': 'Host', 'label': 'Host', 'default': '127.0.0.1'},
             {'style': 'Int', 'name': 'Httpport', 'label': 'HTTP port', 'range': [1, 65535], 'default': 8000},
             {'style': 'Int', 'name': 'Oscport', 'label': 'OSC port', 'range': [1, 65535], 'default': 9000},
             {'style': 'Int',
              'name': 'Listenport',
              'label': 'OSC port here',
              'range': [1, 65535],
              'default': 9001},
             {'style': 'Str', 'name': 'Token', 'label': 'Token', 'default': ''},
             {'style': 'Str', 'name': 'Session', 'label': 'Session', 'default': 'main'},
             {'style': 'Pulse', 'name': 'Refresh', 'label': 'Refresh'},
             {'style': 'Str', 'name': 'Status', 'label': 'Status', 'readOnly': True, 'default': ''}]],
           ['Bank',
            [{'style': 'Int', 'name': 'Row', 'label': 'Row', 'range': [1, 16], 'default': 1},
             {'style': 'Pulse', 'name': 'Send', 'label': 'Send'},
             {'style': 'Pulse', 'name': 'Previous', 'label': 'Previous'},
             {'style': 'Pulse', 'name': 'Next', 'label': 'Next'}]],
           ['Move',
            [{'style': 'Toggle', 'name': 'Loramove', 'label': 'Lora moves', 'default': False},
             {'style': 'Float',
              'name': 'Loraspeed',
              'label': 'Times a second',
              'range': [0, 2],
              'default': 0.1},
             {'style': 'Float', 'name': 'Loralow', 'label': 'From', 'range': [0, 1], 'default': 0},
             {'style': 'Float', 'name': 'Lorahigh', 'label': 'To', 'range': [0, 1], 'default': 1},
             {'style': 'Int', 'name': 'Loraslot', 'label': 'LoRA', 'range': [1, 8], 'default': 1},
             {'style': 'Toggle', 'name': 'Vacemove', 'label': 'Vace moves', 'default': False},
             {'style': 'Float',
              'name': 'Vacespeed',
              'label': 'Times a second',
              'range': [0, 2],
              'default': 0.1},
             {'style': 'Float', 'name': 'Vacelow', 'label': 'From', 'range': [0, 2], 'default': 0},
             {'style': 'Float', 'name': 'Vacehigh', 'label': 'To', 'range': [0, 2], 'default': 2}]]],
 'operators': [{'type': 'executeDAT',
                'name': 'clock',
                'at': [0, 0],
                'text': None,
                'pars': {'framestart': True},
                'comment': 'subscribes and asks in time'},
               {'type': 'parameterexecuteDAT',
                'name': 'turned',
                'at': [0, -130],
                'text': None,
                'comment': 'custom parameters, to OSC',
                'pars': {'op': '..',
                         'pars': '*',
                         'custom': True,
                         'builtin': False,
                         'valuechange': True,
                         'onpulse': True}},
               {'type': 'textDAT',
                'name': 'talk',
                'at': [200, 0],
                'text': None,
                'comment': 'speaks with the daemon'},
               {'type': 'textDAT',
                'name': 'pages',
                'at': [200, -130],
                'text': None,
                'comment': 'makes custom parameters'},
               {'type': 'textDAT', 'name': 'names', 'at': [200, -260], 'text': None},
               {'type': 'textDAT', 'name': 'values', 'at': [200, -390], 'text': None},
               {'type': 'webclientDAT',
                'name': 'http',
                'at': [400, 0],
                'comment': 'GET /api/v1/params',
                'pars': {'timeout': 3000, 'callbacks': 'http_callbacks'}},
               {'type': 'textDAT', 'name': 'http_callbacks', 'at': [600, 0], 'text': None},
               {'type': 'oscoutDAT',
                'name': 'osc_out',
                'at': [400, -130],
                'comment': 'values, to port 9000',
                'pars': {'protocol': 'msging',
                         'address': {'expr': 'parent().par.Host.eval()'},
                         'port': {'expr': 'int(parent().par.Oscport.eval())'}}},
               {'type': 'oscinDAT',
                'name': 'osc_in',
                'at': [400, -260],
                'comment': 'values, at port 9001',
                'pars': {'protocol': 'msging',
                         'port': {'expr': 'int(parent().par.Listenport.eval())'},
                         'splitbundle': True,
                         'clamp': True,
                         'maxlines': 20,
                         'callbacks': 'osc_in_callbacks'}},
               {'type': 'textDAT', 'name': 'osc_in_callbacks', 'at': [600, -260], 'text': None},
               {'type': 'tableDAT',
                'name': 'bank',
                'at': [400, -390],
                'comment': 'prompts: add rows',
                'rows': [['name', 'prompt'],
                         ['lake', 'a quiet lake at dawn, mist over the water'],
                         ['fire', 'a fire of coloured sparks in the dark'],
                         ['city', 'a city of glass at night, seen from above'],
                         ['forest', 'a forest of giant ferns, sun between the leaves']]},
               {'type': 'textDAT', 'name': 'bank_keeper', 'at': [600, -390], 'text': None},
               {'type': 'lfoCHOP',
                'name': 'lora_lfo',
                'at': [800, 0],
                'comment': "swings Lora's scale",
                'pars': {'wavetype': 'sin',
                         'frequency': {'expr': 'parent().par.Loraspeed.eval()'},
                         'offset': {'expr': '(parent().par.Loralow.eval() + parent().par.Lorahigh.eval()) / '
                                            '2'},
                         'amp': {'expr': '(parent().par.Lorahigh.eval() - parent().par.Loralow.eval()) / 2'},
                         'channelname': {'expr': "parent().par.Session.eval() + '/lora/' + "
                                                 "str(int(parent().par.Loraslot.eval())) + '/scale'"}}},
               {'type': 'oscoutCHOP',
                'name': 'lora_out',
                'at': [1000, 0],
                'comment': 'while it moves',
                'inputs': ['lora_lfo'],
                'pars': {'active': {'expr': 'parent().par.Loramove.eval()'},
                         'protocol': 'msging',
                         'netaddress': {'expr': 'parent().par.Host.eval()'},
                         'port': {'expr': 'int(parent().par.Oscport.eval())'},
                         'format': 'sample',
                         'numericformat': 'float',
                         'cookalways': True}},
               {'type': 'lfoCHOP',
                'name': 'vace_lfo',
                'at': [800, -130],
                'comment': "swings Vace's scale",
                'pars': {'wavetype': 'sin',
                         'frequency': {'expr': 'parent().par.Vacespeed.eval()'},
                         'offset': {'expr': '(parent().par.Vacelow.eval() + parent().par.Vacehigh.eval()) / '
                                            '2'},
                         'amp': {'expr': '(parent().par.Vacehigh.eval() - parent().par.Vacelow.eval()) / 2'},
                         'channelname': {'expr': "parent().par.Session.eval() + '/vace/scale'"}}},
               {'type': 'oscoutCHOP',
                'name': 'vace_out',
                'at': [1000, -130],
                'comment': 'while it moves',
                'inputs': ['vace_lfo'],
                'pars': {'active': {'expr': 'parent().par.Vacemove.eval()'},
                         'protocol': 'msging',
                         'netaddress': {'expr': 'parent().par.Host.eval()'},
                         'port': {'expr': 'int(parent().par.Oscport.eval())'},
                         'format': 'sample',
                         'numericformat': 'float',
                         'cookalways': True}}]}

PROJECT["operators"] = [{**w, "text": TEXTS[w["name"]]} if "text" in w else w for w in PROJECT["operators"]]
built = build(PROJECT)
