#!/usr/bin/env python3
"""Reads the frames of a Mutoscope session from shared memory: the standard library only, Python 3.8 or later.

    python3 read-ring.py mutoscope-main                 says size, index and age of each frame
    python3 read-ring.py mutoscope-main 1 frame.ppm     reads one frame and keeps its picture

The layout is in docs/reference/ring.md. On Windows: mmap.mmap(-1, bytes, tagname="Local\\" + name).
"""
import mmap, os, struct, sys, time

HEADER = struct.Struct("<8sIIIIQQ")  # magic, version, slots, slots offset, pixels offset, slot bytes, frame bytes at most
SLOT = struct.Struct("<IIQQQdddII")  # lock, flags, sequence, chunk, revision, captured, made, shown, width, height

name, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 62
with open(os.path.join("/dev/shm", name), "rb") as file:
    ring = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
magic, version, slots, first, pixels, stride, most = HEADER.unpack_from(ring)
if magic != b"MUTORING" or version != 1:
    sys.exit(name + " is not a ring that this program knows")

seen = 0
while count > 0:
    wake, state, latest, _poll = struct.unpack_from("<IIII", ring, 128)
    at = first + latest * stride
    lock, flags, sequence, _chunk, _revision, _captured, _made, shown, width, height = (
        SLOT.unpack_from(ring, at) if latest < slots else (1,) * 10)
    if lock % 2 == 0 and sequence != seen and 0 < width * height * 4 <= most:
        rgba = ring[at + pixels : at + pixels + width * height * 4]
        if struct.unpack_from("<I", ring, at)[0] != lock:
            continue  # overtaken by the writer while it was copied
        seen, count = sequence, count - 1
        print(f"{sequence}: {width}x{height}, {(time.monotonic() - shown) * 1000:.2f} ms old", flush=True)
        if len(sys.argv) > 3:
            with open(sys.argv[3], "wb") as file:
                file.write(b"P6 %d %d 255\n" % (width, height) + bytes(c for i, c in enumerate(rgba) if i % 4 < 3))
    elif state != 1:
        break  # its owner closed it: open it again by its name once it is back
    else:
        time.sleep(0.001)
