"""Sends the frames of a ring by aiortc, for the comparison in webrtc.ts.

A line of JSON with `sdp` is an offer and is answered with one; an empty object is answered with the seconds of processor time
used so far. Ends with its input.
"""
import asyncio, fractions, json, mmap, os, resource, struct, sys

import av
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

with open(os.path.join("/dev/shm", sys.argv[1]), "rb") as file:
    ring = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
first, pixels, stride = struct.unpack_from("<IIQ", ring, 16)
SLOT = struct.Struct("<IIQQQdddII")  # as in examples/read-ring.py


def newest(seen):
    latest = struct.unpack_from("<I", ring, 136)[0]
    at = first + latest * stride
    lock, _, sequence, _, _, _, _, shown, width, height = SLOT.unpack_from(ring, at)
    if lock % 2 or sequence == seen:
        return None
    rgba = ring[at + pixels : at + pixels + width * height * 4]
    if struct.unpack_from("<I", ring, at)[0] != lock:
        return None
    return sequence, shown, numpy.frombuffer(rgba, numpy.uint8).reshape(height, width, 4)


class Newest(MediaStreamTrack):
    kind = "video"
    seen = 0

    async def recv(self):
        while True:
            found = newest(self.seen)
            if found:
                break
            await asyncio.sleep(0.001)
        self.seen, shown, rgba = found
        frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
        frame.pts, frame.time_base = int(shown * 90000), fractions.Fraction(1, 90000)
        return frame


async def answer(sdp):
    peer = RTCPeerConnection()
    peers.append(peer)
    await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    peer.addTrack(Newest())
    await peer.setLocalDescription(await peer.createAnswer())
    return json.dumps({"sdp": peer.localDescription.sdp})


async def main():
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        asked = json.loads(line)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(await answer(asked["sdp"]) if "sdp" in asked else used.ru_utime + used.ru_stime, flush=True)
    for peer in peers:
        await peer.close()


peers = []
asyncio.run(main())
