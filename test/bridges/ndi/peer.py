"""Another NDI program: what it is told comes as JSON lines, what it sees goes out as JSON lines.

It calls libndi by its own account of the structures (ctypes), so that it shares no mistake with the bridge.

    peer.py LIBRARY receive NAME      connects by name, and tells of every frame
    peer.py LIBRARY send NAME …       sends pictures of one colour, over and over, the first name its own
    peer.py LIBRARY find              tells what there is whenever that changes
"""

import base64
import ctypes
import json
import sys
import threading
import time
from ctypes import POINTER, Structure, byref, c_bool, c_char_p, c_float, c_int, c_int32, c_int64, c_uint32, c_void_p

LARGEST = 1 << 16
"""Bytes of a picture up to which all of it is told."""


class Source(Structure):
    _fields_ = [("name", c_char_p), ("url", c_char_p)]


class Find(Structure):
    _fields_ = [("show_local", c_bool), ("groups", c_char_p), ("extra_ips", c_char_p)]


class Send(Structure):
    _fields_ = [("name", c_char_p), ("groups", c_char_p), ("clock_video", c_bool), ("clock_audio", c_bool)]


class Receive(Structure):
    _fields_ = [("source", Source), ("colour", c_int32), ("bandwidth", c_int32), ("fields", c_bool), ("name", c_char_p)]


class Video(Structure):
    _fields_ = [
        ("width", c_int32),
        ("height", c_int32),
        ("fourcc", c_uint32),
        ("rate_n", c_int32),
        ("rate_d", c_int32),
        ("aspect", c_float),
        ("format", c_int32),
        ("timecode", c_int64),
        ("data", c_void_p),
        ("stride", c_int32),
        ("metadata", c_char_p),
        ("timestamp", c_int64),
    ]


class Audio(Structure):
    _fields_ = [("words", c_int64 * 8)]


class Metadata(Structure):
    _fields_ = [("length", c_int32), ("timecode", c_int64), ("data", c_void_p)]


class Tally(Structure):
    _fields_ = [("program", c_bool), ("preview", c_bool)]


def load(path):
    lib = ctypes.CDLL(path)
    for name in ("find_create_v2", "send_create", "recv_create_v3"):
        getattr(lib, f"NDIlib_{name}").restype = c_void_p
    lib.NDIlib_find_get_current_sources.restype = POINTER(Source)
    lib.NDIlib_send_get_source_name.restype = POINTER(Source)
    if not lib.NDIlib_initialize():
        raise SystemExit("libndi cannot run here")
    return lib


def tell(**said):
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


class Told(threading.Thread):
    """The commands that have come in; `None` once there will be no more."""

    def __init__(self):
        super().__init__(daemon=True)
        self.waiting = []
        self.start()

    def run(self):
        for line in sys.stdin:
            self.waiting.append(json.loads(line))
        self.waiting.append(None)

    def take(self):
        waiting, self.waiting = self.waiting, []
        return waiting


def text(address):
    return ctypes.string_at(address).decode() if address else ""


def find(lib, told):
    finder = c_void_p(lib.NDIlib_find_create_v2(byref(Find(True, None, None))))
    last = None
    while None not in told.take():
        lib.NDIlib_find_wait_for_sources(finder, 100)
        count = c_uint32()
        sources = lib.NDIlib_find_get_current_sources(finder, byref(count))
        names = [sources[i].name.decode() for i in range(count.value)]
        if names != last:
            tell(sources=names)
        last = names
    lib.NDIlib_find_destroy(finder)


def receive(lib, told, name):
    wanted = Receive(Source(name.encode(), None), 2, 100, False, b"peer")
    receiver = c_void_p(lib.NDIlib_recv_create_v3(byref(wanted)))
    video, audio, metadata = Video(), Audio(), Metadata()
    connections = None
    over = False
    while not over:
        for command in told.take():
            if command is None:
                over = True
            elif "tally" in command:
                lib.NDIlib_recv_set_tally(receiver, byref(Tally(*command["tally"])))
            elif "metadata" in command:
                data = ctypes.create_string_buffer(command["metadata"].encode())
                lib.NDIlib_recv_send_metadata(receiver, byref(Metadata(0, 0, ctypes.addressof(data))))
        kind = lib.NDIlib_recv_capture_v3(receiver, byref(video), byref(audio), byref(metadata), 50)
        if kind == 1:
            age = time.time() - video.timecode / 1e7
            lines = ctypes.string_at(video.data, video.stride * video.height)
            row = video.width * 4
            packed = b"".join(lines[at : at + row] for at in range(0, len(lines), video.stride))
            tell(
                video=[video.width, video.height],
                fourcc=video.fourcc.to_bytes(4, "little").decode(),
                rate=video.rate_n / video.rate_d,
                aspect=video.aspect,
                timecode=str(video.timecode),
                age=age,
                metadata=video.metadata.decode() if video.metadata else None,
                pixels=base64.b64encode(packed).decode() if len(packed) <= LARGEST else None,
            )
            lib.NDIlib_recv_free_video_v2(receiver, byref(video))
        elif kind == 2:
            tell(audio=True)
            lib.NDIlib_recv_free_audio_v3(receiver, byref(audio))
        elif kind == 3:
            tell(metadata=text(metadata.data))
            lib.NDIlib_recv_free_metadata(receiver, byref(metadata))
        now = lib.NDIlib_recv_get_no_connections(receiver)
        if now != connections:
            tell(connections=now)
        connections = now
    lib.NDIlib_recv_destroy(receiver)


def send(lib, told, *names):
    """All of them from one process: without mDNS a machine's processes hide one another."""
    state = {"size": [64, 36], "rate": [30, 1], "colour": [0, 0, 0, 255], "others": [0, 0, 0, 255], "alpha": True}
    senders = [c_void_p(lib.NDIlib_send_create(byref(Send(name.encode(), None, False, False)))) for name in names]
    tell(names=[lib.NDIlib_send_get_source_name(sender).contents.name.decode() for sender in senders])
    first = senders[0]
    tally, metadata = Tally(), Metadata()
    last = None
    due = time.monotonic()
    over = False
    while not over:
        for command in told.take():
            if command is None:
                over = True
            else:
                state.update(command)
        (width, height), (rate_n, rate_d) = state["size"], state["rate"]
        fourcc = int.from_bytes(b"RGBA" if state["alpha"] else b"RGBX", "little")
        code = int(time.time() * 1e7)
        for sender in senders:
            colour = state["colour" if sender is first else "others"]
            data = ctypes.create_string_buffer(bytes(colour) * (width * height))
            at = ctypes.addressof(data)
            frame = Video(width, height, fourcc, rate_n, rate_d, 0, 1, code, at, width * 4, None, 0)
            lib.NDIlib_send_send_video_v2(sender, byref(frame))
        lib.NDIlib_send_get_tally(first, byref(tally), 0)
        now = (tally.program, tally.preview, lib.NDIlib_send_get_no_connections(first, 0))
        if now != last:
            tell(tally=[now[0], now[1]], connections=now[2])
        last = now
        due = max(due + rate_d / rate_n, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))
    for sender in senders:
        lib.NDIlib_send_destroy(sender)


library, role, *words = sys.argv[1:]
{"find": find, "receive": receive, "send": send}[role](loaded := load(library), Told(), *words)
loaded.NDIlib_destroy()
