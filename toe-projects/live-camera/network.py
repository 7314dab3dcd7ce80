"""live-camera: a camera or a network source goes to a session by NDI, its pictures come back into a TOP, sound moves a fader."""

from pathlib import Path

from making.described import expr, operator, par, script

HERE = Path(__file__).parent
UDP = {"protocol": "msging"}
HOST = expr("parent().par.Host.eval()")
PORT = expr("int(parent().par.Oscport.eval())")
ADDRESS = "parent().par.Session.eval() + '/' + parent().par.Audioaddress.eval()"

VIDEO = [
    operator("videodeviceinTOP", "camera", (0, 0), comment="choose your device",
             pars={"active": expr("parent().par.Input.eval() == 'camera'")}),
    operator("ndiinTOP", "network", (0, 1), comment="another source on the network",
             pars={"active": expr("parent().par.Input.eval() == 'network'"),
                   "name": expr("parent().par.Networksource.eval()")}),
    operator("switchTOP", "input", (1, 0), inputs=["camera", "network"],
             pars={"index": expr("parent().par.Input.menuIndex")}),
    operator("ndioutTOP", "to_daemon", (2, 0), inputs=["input"], comment="to the session's source",
             pars={"active": expr("parent().par.Play.eval()"), "name": expr("parent().par.Outname.eval()"),
                   "fps": 30, "lowperformancebehavior": "skipframes"}),
    operator("scriptTOP", "from_ring", (3, 0), comment="shared memory of this machine"),
    operator("textDAT", "from_ring_callbacks", (3, 2), text=script(HERE, "from_ring_callbacks")),
    operator("textDAT", "ring", (4, 2), text=script(HERE, "ring"), comment="docs/reference/ring.md"),
    operator("ndiinTOP", "from_ndi", (3, 1), comment="the session's NDI sink",
             pars={"active": expr("parent().par.Back.eval() == 'ndi'"),
                   "name": expr("parent().par.Ndisource.eval()")}),
    operator("switchTOP", "back", (4, 0), inputs=["from_ring", "from_ndi"],
             pars={"index": expr("parent().par.Back.menuIndex")}),
    operator("nullTOP", "picture", (5, 0), inputs=["back"], comment="the generated picture"),
    operator("outTOP", "out1", (6, 0), inputs=["picture"]),
]
SOUND = [
    operator("audiodeviceinCHOP", "sound", (0, 3), comment="choose your device",
             pars={"active": expr("parent().par.Listen.eval()"), "format": "mono"}),
    operator("analyzeCHOP", "loudness", (1, 3), inputs=["sound"], pars={"function": "rmspower"}),
    operator("lagCHOP", "follow", (2, 3), inputs=["loudness"], comment="up fast, down slowly",
             pars={"lag1": 0.05, "lag2": 0.3}),
    operator("mathCHOP", "range", (3, 3), inputs=["follow"],
             pars={"fromrange1": 0, "fromrange2": expr("parent().par.Loud.eval()"),
                   "torange1": expr("parent().par.Audiolow.eval()"), "torange2": expr("parent().par.Audiohigh.eval()")}),
    operator("renameCHOP", "called", (4, 3), inputs=["range"], comment="a channel is called as its address",
             pars={"renamefrom": "*", "renameto": expr(ADDRESS)}),
    operator("oscoutCHOP", "sound_out", (5, 3), inputs=["called"], comment="loudness to a parameter",
             pars={"active": expr("parent().par.Listen.eval()"), **UDP, "netaddress": HOST, "port": PORT,
                   "format": "sample", "numericformat": "float", "cookalways": True}),
]
CONTROL = [
    operator("executeDAT", "clock", (0, 2), text=script(HERE, "clock"), pars={"framestart": True}),
    operator("parameterexecuteDAT", "pressed", (1, 2), text=script(HERE, "pressed"),
             pars={"op": "..", "pars": "Start", "custom": True, "builtin": False, "valuechange": False, "onpulse": True}),
    operator("oscoutDAT", "osc_out", (2, 2), pars={**UDP, "address": HOST, "port": PORT}),
]
OPERATORS = [*VIDEO, *SOUND, *CONTROL]
for wish in OPERATORS:
    if wish["name"] == "from_ring":
        wish["pars"] = {"callbacks": "from_ring_callbacks"}

PROJECT = {
    "title": "live-camera",
    "name": "mutoscope_camera",
    "pages": [
        ["Mutoscope", [
            par("Str", "Host", "Host", "127.0.0.1"),
            par("Int", "Oscport", "OSC port", 9000, range=[1, 65535]),
            par("Str", "Session", "Session", "main"),
            par("Menu", "Input", "Input", "camera", choices=["camera", "network"]),
            par("Str", "Networksource", "NDI source in", ""),
            par("Toggle", "Play", "Send", True),
            par("Str", "Outname", "NDI name", "TouchDesigner"),
            par("Menu", "Back", "Comes back by", "ring", choices=["ring", "ndi"]),
            par("Str", "Ring", "Ring", "mutoscope-main"),
            par("Str", "Ndisource", "NDI source back", ""),
            par("Pulse", "Start", "Start"),
        ]],
        ["Sound", [
            par("Toggle", "Listen", "Listen", False),
            par("Str", "Audioaddress", "Moves", "noise/scale/norm"),
            par("Float", "Loud", "Loud is", 0.3, range=[0.01, 1]),
            par("Float", "Audiolow", "From", 0.2, range=[0, 1]),
            par("Float", "Audiohigh", "To", 0.9, range=[0, 1]),
        ]],
    ],
    "operators": OPERATORS,
}
