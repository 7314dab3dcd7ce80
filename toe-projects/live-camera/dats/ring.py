"""Reads the newest frame of a ring in shared memory. The layout is docs/reference/ring.md of Mutoscope."""

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
