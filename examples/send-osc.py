"""Turns a parameter by OSC and prints what comes back, with nothing but Python.

    python3 examples/send-osc.py /session/fps 30
    python3 examples/send-osc.py /get /session/fps
    python3 examples/send-osc.py /session/fps/ramp 60.0 2.0 smooth
"""

import os
import socket
import struct
import sys


def text(value):
    data = value.encode() + b"\0"
    return data + b"\0" * (-len(data) % 4)


def message(address, *args):
    types, data = ",", b""
    for arg in args:
        if isinstance(arg, int):
            types, data = types + "i", data + struct.pack(">i", arg)
        elif isinstance(arg, float):
            types, data = types + "f", data + struct.pack(">f", arg)
        else:
            types, data = types + "s", data + text(arg)
    return text(address) + text(types) + data


def read(packet):
    def word(at):
        end = packet.index(b"\0", at)
        return packet[at:end].decode(), end + 4 - end % 4

    address, at = word(0)
    types, at = word(at)
    args = []
    for kind in types[1:]:
        if kind == "s":
            value, at = word(at)
        else:
            (value,), at = struct.unpack(">" + kind, packet[at : at + 4]), at + 4
        args.append(value)
    return address, args


def number(word):
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            pass
    return word


port = int(os.environ.get("MUTOSCOPE_OSC", "9000"))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(0.3)
    udp.sendto(message(sys.argv[1], *map(number, sys.argv[2:])), ("127.0.0.1", port))
    try:
        while True:
            print(*read(udp.recv(65536)))
    except socket.timeout:
        pass
