#!/usr/bin/env python3
"""Makes a ring of shared memory and writes moving pictures into it: a source for Mutoscope. Standard library only, Linux.

    python3 write-ring.py my-frames 640 360 30          then choose the source "ring" and the name my-frames

The layout is in docs/reference/ring.md. Ends with Ctrl-C.
"""
import atexit, ctypes, mmap, os, signal, struct, sys, time

name, width, height, fps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
SLOTS, FIRST, PIXELS, OPEN, CLOSED = 3, 4096, 128, 1, 2
stride = -(-(PIXELS + width * height * 4) // 4096) * 4096
path = os.path.join("/dev/shm", name)
with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
    os.posix_fallocate(file.fileno(), 0, FIRST + SLOTS * stride)
    ring = mmap.mmap(file.fileno(), 0)
with open("/proc/self/stat") as stat:
    began = float(stat.read().rsplit(")", 1)[1].split()[19])
ring[0:8] = b"MUTORING"
struct.pack_into("<IIIIQQI4xdI", ring, 8, 1, SLOTS, FIRST, PIXELS, stride, width * height * 4, os.getpid(), began, os.getpid())
struct.pack_into("<II", ring, 136, 0xFFFFFFFF, 0)
struct.pack_into("<I", ring, 132, OPEN)
futex = ctypes.c_uint32.from_buffer(ring, 128)
WAKE = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
libc = ctypes.CDLL(None)


def wake():
    futex.value += 1
    libc.syscall(WAKE, ctypes.byref(futex), 1, 0x7FFFFFFF, None, None, 0)


def close():
    struct.pack_into("<I", ring, 132, CLOSED)
    wake()
    os.unlink(path)


atexit.register(close)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
sequence, due = 0, time.monotonic()
while True:
    sequence, slot, now = sequence + 1, sequence % SLOTS, time.monotonic()
    at = FIRST + slot * stride
    (lock,) = struct.unpack_from("<I", ring, at)
    struct.pack_into("<I", ring, at, lock | 1)
    row = bytes((x + sequence * 2) % 256 if c < 3 else 255 for x in range(width) for c in range(4))
    ring[at + PIXELS : at + PIXELS + width * height * 4] = row * height
    struct.pack_into("<IQQQdddIII", ring, at + 4, 0, sequence, 0, 0, now, now, time.monotonic(), width, height, os.getpid())
    struct.pack_into("<I", ring, at, ((lock | 1) + 1) & 0xFFFFFFFF)
    struct.pack_into("<I", ring, 136, slot)
    wake()
    due = max(due + 1 / fps, now)
    time.sleep(max(0, due - time.monotonic()))
