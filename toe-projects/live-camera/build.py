# live-camera: builds its network in TouchDesigner. Made by toe-projects/make.py; change network.py and dats/ instead.
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
TEXTS['from_ring_callbacks'] = '''import numpy


def onSetupParameters(scriptOp):
    return

def onPulse(par):
    return

def onCook(scriptOp):
    """The rows of a TOP begin at the bottom, those of a ring at the top."""
    frame = op('ring').module.newest(parent().par.Ring.eval())
    if frame is not None:
        width, height, rgba = frame
        rows = numpy.frombuffer(rgba, dtype='uint8').reshape(height, width, 4)
        scriptOp.copyNumpyArray(rows[::-1].copy())
    return
'''
TEXTS['ring'] = '''"""Reads the newest frame of a ring in shared memory. The layout is docs/reference/ring.md of Mutoscope."""

import mmap
import os
import struct
import sys

HEADER = struct.Struct("<8sIIIIQQ")  # magic, version, slots, slots offset, pixels offset, slot bytes, frame bytes at most
STATE = struct.Struct("<III")  # state, latest, poll: from byte 132
SLOT = struct.Struct("<IIQQQdddII")  # lock, flags, sequence, chunk, revision, captured, made, shown, width, height
TRIES = 4
held = {"name": None, "map": None, "sequence": 0}


def opened(name):
    """The memory of a ring, to be read; None if there is none of that name."""
    if sys.platform == "win32":
        return opened_on_windows(name)
    import _posixshmem

    try:
        file = _posixshmem.shm_open("/" + name, os.O_RDONLY, 0)
    except OSError:
        return None
    try:
        return mmap.mmap(file, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(file)


def opened_on_windows(name):
    """The same where memory has tags: mmap would make what is not there, and so take the daemon's name away."""
    import ctypes

    kernel, tag = ctypes.windll.kernel32, "Local/".replace("/", chr(92)) + name
    kernel.OpenFileMappingW.restype = ctypes.c_void_p
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    handle = kernel.OpenFileMappingW(4, False, tag)
    if not handle:
        return None
    try:
        with mmap.mmap(-1, 4096, tagname=tag, access=mmap.ACCESS_READ) as head:
            _, _, slots, first, _, stride, _ = HEADER.unpack_from(head)
        return mmap.mmap(-1, first + slots * stride, tagname=tag, access=mmap.ACCESS_READ)
    finally:
        kernel.CloseHandle(handle)


def let_go():
    """Lets go of the memory; the next look opens it again."""
    if held["map"] is not None:
        held["map"].close()
    held.update(name=None, map=None, sequence=0)


def newest(name):
    """The newest frame as width, height and RGBA from top to bottom; None if there is nothing new."""
    if held["name"] != name or held["map"] is None:
        let_go()
        held.update(name=name, map=opened(name))
    memory = held["map"]
    if memory is None:
        return None
    magic, version, slots, first, pixels, stride, most = HEADER.unpack_from(memory)
    state, latest, _ = STATE.unpack_from(memory, 132)
    if magic != b"MUTORING" or version != 1 or state != 1:
        let_go()
        return None
    for _ in range(TRIES):
        _, latest, _ = STATE.unpack_from(memory, 132)
        if latest >= slots:
            return None
        at = first + latest * stride
        lock, _, sequence, _, _, _, _, _, width, height = SLOT.unpack_from(memory, at)
        size = width * height * 4
        if lock % 2 == 1:
            continue
        if sequence == held["sequence"] or not 0 < size <= min(most, stride - pixels):
            return None
        rgba = memory[at + pixels : at + pixels + size]
        if struct.unpack_from("<I", memory, at)[0] == lock:
            held["sequence"] = sequence
            return width, height, rgba
    return None
'''
TEXTS['clock'] = '''def onFrameStart(frame):
    """A Script TOP that nothing drives is not cooked; the ring has a new picture at any time."""
    if parent().par.Back.eval() == 'ring':
        op('from_ring').cook(force=True)
    return
'''
TEXTS['pressed'] = '''def onValueChange(par, prev):
    return

def onPulse(par):
    """Start: the daemon takes its frames from here, and sends its own by NDI if they come back so."""
    comp = par.owner
    session = '/' + comp.par.Session.eval()
    op('osc_out').sendOSC(session + '/source/kind', ['ndi'])
    op('osc_out').sendOSC(session + '/source/name', [comp.par.Outname.eval()])
    if comp.par.Back.eval() == 'ndi':
        op('osc_out').sendOSC(session + '/sink/ndi/enabled', [1])
    return
'''

PROJECT = {'title': 'live-camera',
 'name': 'mutoscope_camera',
 'pages': [['Mutoscope',
            [{'style': 'Str', 'name': 'Host', 'label': 'Host', 'default': '127.0.0.1'},
             {'style': 'Int', 'name': 'Oscport', 'label': 'OSC port', 'range': [1, 65535], 'default': 9000},
             {'style': 'Str', 'name': 'Session', 'label': 'Session', 'default': 'main'},
             {'style': 'Menu',
              'name': 'Input',
              'label': 'Input',
              'choices': ['camera', 'network'],
              'default': 'camera'},
             {'style': 'Str', 'name': 'Networksource', 'label': 'NDI source in', 'default': ''},
             {'style': 'Toggle', 'name': 'Play', 'label': 'Send', 'default': True},
             {'style': 'Str', 'name': 'Outname', 'label': 'NDI name', 'default': 'TouchDesigner'},
             {'style': 'Menu',
              'name': 'Back',
              'label': 'Comes back by',
              'choices': ['ring', 'ndi'],
              'default': 'ring'},
             {'style': 'Str', 'name': 'Ring', 'label': 'Ring', 'default': 'mutoscope-main'},
             {'style': 'Str', 'name': 'Ndisource', 'label': 'NDI source back', 'default': ''},
             {'style': 'Pulse', 'name': 'Start', 'label': 'Start'}]],
           ['Sound',
            [{'style': 'Toggle', 'name': 'Listen', 'label': 'Listen', 'default': False},
             {'style': 'Str', 'name': 'Audioaddress', 'label': 'Moves', 'default': 'noise/scale/norm'},
             {'style': 'Float', 'name': 'Loud', 'label': 'Loud is', 'range': [0.01, 1], 'default': 0.3},
             {'style': 'Float', 'name': 'Audiolow', 'label': 'From', 'range': [0, 1], 'default': 0.2},
             {'style': 'Float', 'name': 'Audiohigh', 'label': 'To', 'range': [0, 1], 'default': 0.9}]]],
 'operators': [{'type': 'videodeviceinTOP',
                'name': 'camera',
                'at': [0, 0],
                'comment': 'choose your device',
                'pars': {'active': {'expr': "parent().par.Input.eval() == 'camera'"}}},
               {'type': 'ndiinTOP',
                'name': 'network',
                'at': [0, -130],
                'comment': 'another source on the network',
                'pars': {'active': {'expr': "parent().par.Input.eval() == 'network'"},
                         'name': {'expr': 'parent().par.Networksource.eval()'}}},
               {'type': 'switchTOP',
                'name': 'input',
                'at': [200, 0],
                'inputs': ['camera', 'network'],
                'pars': {'index': {'expr': 'parent().par.Input.menuIndex'}}},
               {'type': 'ndioutTOP',
                'name': 'to_daemon',
                'at': [400, 0],
                'inputs': ['input'],
                'comment': "to the session's source",
                'pars': {'active': {'expr': 'parent().par.Play.eval()'},
                         'name': {'expr': 'parent().par.Outname.eval()'},
                         'fps': 30,
                         'lowperformancebehavior': 'skipframes'}},
               {'type': 'scriptTOP',
                'name': 'from_ring',
                'at': [600, 0],
                'comment': 'shared memory of this machine',
                'pars': {'callbacks': 'from_ring_callbacks'}},
               {'type': 'textDAT', 'name': 'from_ring_callbacks', 'at': [600, -260], 'text': None},
               {'type': 'textDAT',
                'name': 'ring',
                'at': [800, -260],
                'text': None,
                'comment': 'docs/reference/ring.md'},
               {'type': 'ndiinTOP',
                'name': 'from_ndi',
                'at': [600, -130],
                'comment': "the session's NDI sink",
                'pars': {'active': {'expr': "parent().par.Back.eval() == 'ndi'"},
                         'name': {'expr': 'parent().par.Ndisource.eval()'}}},
               {'type': 'switchTOP',
                'name': 'back',
                'at': [800, 0],
                'inputs': ['from_ring', 'from_ndi'],
                'pars': {'index': {'expr': 'parent().par.Back.menuIndex'}}},
               {'type': 'nullTOP',
                'name': 'picture',
                'at': [1000, 0],
                'inputs': ['back'],
                'comment': 'the generated picture'},
               {'type': 'outTOP', 'name': 'out1', 'at': [1200, 0], 'inputs': ['picture']},
               {'type': 'audiodeviceinCHOP',
                'name': 'sound',
                'at': [0, -390],
                'comment': 'choose your device',
                'pars': {'active': {'expr': 'parent().par.Listen.eval()'}, 'format': 'mono'}},
               {'type': 'analyzeCHOP',
                'name': 'loudness',
                'at': [200, -390],
                'inputs': ['sound'],
                'pars': {'function': 'rmspower'}},
               {'type': 'lagCHOP',
                'name': 'follow',
                'at': [400, -390],
                'inputs': ['loudness'],
                'comment': 'up fast, down slowly',
                'pars': {'lag1': 0.05, 'lag2': 0.3}},
               {'type': 'mathCHOP',
                'name': 'range',
                'at': [600, -390],
                'inputs': ['follow'],
                'pars': {'fromrange1': 0,
                         'fromrange2': {'expr': 'parent().par.Loud.eval()'},
                         'torange1': {'expr': 'parent().par.Audiolow.eval()'},
                         'torange2': {'expr': 'parent().par.Audiohigh.eval()'}}},
               {'type': 'renameCHOP',
                'name': 'called',
                'at': [800, -390],
                'inputs': ['range'],
                'comment': 'a channel is called as its address',
                'pars': {'renamefrom': '*',
                         'renameto': {'expr': "parent().par.Session.eval() + '/' + "
                                              'parent().par.Audioaddress.eval()'}}},
               {'type': 'oscoutCHOP',
                'name': 'sound_out',
                'at': [1000, -390],
                'inputs': ['called'],
                'comment': 'loudness to a parameter',
                'pars': {'active': {'expr': 'parent().par.Listen.eval()'},
                         'protocol': 'msging',
                         'netaddress': {'expr': 'parent().par.Host.eval()'},
                         'port': {'expr': 'int(parent().par.Oscport.eval())'},
                         'format': 'sample',
                         'numericformat': 'float',
                         'cookalways': True}},
               {'type': 'executeDAT',
                'name': 'clock',
                'at': [0, -260],
                'text': None,
                'pars': {'framestart': True}},
               {'type': 'parameterexecuteDAT',
                'name': 'pressed',
                'at': [200, -260],
                'text': None,
                'pars': {'op': '..',
                         'pars': 'Start',
                         'custom': True,
                         'builtin': False,
                         'valuechange': False,
                         'onpulse': True}},
               {'type': 'oscoutDAT',
                'name': 'osc_out',
                'at': [400, -260],
                'pars': {'protocol': 'msging',
                         'address': {'expr': 'parent().par.Host.eval()'},
                         'port': {'expr': 'int(parent().par.Oscport.eval())'}}}]}

PROJECT["operators"] = [{**w, "text": TEXTS[w["name"]]} if "text" in w else w for w in PROJECT["operators"]]
built = build(PROJECT)
