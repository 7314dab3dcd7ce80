"""
Types of operators and their parameters, from the page of each in docs.derivative.ca (OSC_In_DAT, LFO_CHOP ...): those of its own
page, and of the pages that all of a family have only what is used. A tuple is the words of a menu; ANY is a menu of devices.
"""

ANY = object()
PROTOCOL = ("msging", "multicastmsging", "reliablemsging")
DAT = {"language": ("input", "node", "python")}
EXECUTE = {"active": bool, "executeloc": ("current", "here", "op"), "fromop": str}
RESOLUTION = {"resolutionw": int, "resolutionh": int}
OUT = {
    "active": bool, "protocol": PROTOCOL, "netaddress": str, "port": int, "localaddress": str, "maxsize": float,
    "cookalways": bool, "numericformat": ("int", "float", "double"),
    "format": ("sample", "timeslice", "transpose", "transposename"), "maxbytes": int, "sendevents": bool,
}

# Type, number of inputs at most, parameters.
KINDS = {
    "baseCOMP": (0, {"opshortcut": str}),
    "windowCOMP": (0, {"winop": str}),
    "textDAT": (1, {**DAT, "file": str}),
    "tableDAT": (1, {**DAT, "file": str}),
    "executeDAT": (1, {
        **DAT, **EXECUTE, "start": bool, "create": bool, "exit": bool, "framestart": bool, "frameend": bool,
        "playstatechange": bool, "devicechange": bool, "projectpresave": bool, "projectpostsave": bool,
    }),
    "parameterexecuteDAT": (1, {
        **DAT, **EXECUTE, "op": str, "pars": str, "valuechange": bool, "valueschanged": bool, "onpulse": bool,
        "expressionchange": bool, "exportchange": bool, "enablechange": bool, "modechange": bool, "custom": bool,
        "builtin": bool,
    }),
    "oscinDAT": (0, {
        **DAT, "active": bool, "protocol": PROTOCOL, "address": str, "port": int, "shared": bool, "addscope": str,
        "typetag": bool, "splitbundle": bool, "splitmessage": bool, "bundletimestamp": bool, "callbacks": str,
        "executeloc": ("current", "here", "op"), "fromop": str, "clamp": bool, "maxlines": int, "clear": "pulse",
    }),
    "oscoutDAT": (0, {
        **DAT, "active": bool, "protocol": PROTOCOL, "address": str, "port": int, "localaddress": str, "shared": bool,
        "addscope": str, "typetag": bool, "callbacks": str,
    }),
    "webclientDAT": (2, {
        **DAT, "active": bool, "reqmethod": ("get", "post", "put", "delete", "head", "options", "patch"), "url": str,
        "uploadfile": str, "request": "pulse", "stop": "pulse", "stream": bool, "verifycert": bool, "timeout": int,
        "includeheader": bool, "authtype": ("none", "basic", "digest", "ouath1", "ouath2"), "username": str, "pw": str,
        "clear": "pulse", "clamp": bool, "maxlines": int, "callbacks": str,
    }),
    "lfoCHOP": (3, {
        "wavetype": ("sin", "normal", "tri", "ramp", "square", "pulse"), "play": bool, "frequency": float,
        "offset": float, "amp": float, "bias": float, "phase": float, "channelname": str, "rate": float,
        "resetcondition": ("offtoon", "on", "ontooff", "off"), "reset": bool, "resetpulse": "pulse",
    }),
    "oscoutCHOP": (1, OUT),
    "audiodeviceinCHOP": (0, {
        "active": bool, "driver": ("default", "asio", "datapath", "blackmagic", "aja"), "device": ANY,
        "errormissing": bool, "inputs": str, "format": ("mono", "stereo", "multichannel"), "rate": float,
        "bufferlength": float,
    }),
    "analyzeCHOP": (1, {
        "function": ("average", "maximum", "minimum", "maximumindex", "minimumindex", "sum", "rmspower",
                     "firstpeakvalue", "firstpeakindex", "lastpeakvalue", "lastpeakindex", "highestpeakvalue",
                     "highestpeakindex", "lowestpeakvalue", "lowestpeakindex", "totalpeaks"),
    }),
    "lagCHOP": (4, {
        "lagmethod": ("value", "amp", "mag", "rotation"), "lag1": float, "lag2": float, "overshoot1": float,
        "overshoot2": float,
    }),
    "mathCHOP": (None, {
        "integer": ("off", "ceiling", "floor", "round"), "preoff": float, "gain": float, "postoff": float,
        "fromrange1": float, "fromrange2": float, "torange1": float, "torange2": float,
    }),
    "renameCHOP": (2, {"renamefrom": str, "renameto": str}),
    "videodeviceinTOP": (0, {"active": bool, "driver": ANY, "device": ANY, **RESOLUTION}),
    "ndiinTOP": (0, {
        "active": bool, "name": str, "extraips": str, "bandwidth": ("high", "low"), "hwdecode": bool,
        "inputpixelformat": ("native", "fixed8"), "grouptable": str,
    }),
    "ndioutTOP": (1, {
        "active": bool, "name": str, "failovername": str, "fps": float, "includealpha": bool,
        "lowperformancebehavior": ("stallmainthread", "skipframes"), "outputpixelformat": ("fixed8", "fixed16"),
    }),
    "scriptTOP": (None, {"callbacks": str, "setuppars": "pulse", **RESOLUTION}),
    "switchTOP": (None, {"index": float, "blend": bool, **RESOLUTION}),
    "nullTOP": (1, RESOLUTION),
    "outTOP": (1, {"label": str, **RESOLUTION}),
}
# Made together with a DAT of callbacks, which is docked to it.
WITH_CALLBACKS = ("oscinDAT", "webclientDAT", "scriptTOP")
