"""Plays a WHEP address with GStreamer's webrtcbin: CODEC URL. Writes every picture to stdout as RGBA, and how it ended to stderr."""

import sys
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

CODECS = {
    "h264": ("H264,packetization-mode=(string)1,profile-level-id=(string)42e01f", "rtph264depay ! h264parse ! openh264dec"),
    "vp8": ("VP8", "rtpvp8depay ! vp8dec"),
    "vp9": ("VP9,profile-id=(string)0", "rtpvp9depay ! vp9dec"),
}

Gst.init(None)
codec, url = sys.argv[1:]
caps, decoder = CODECS[codec]
loop = GLib.MainLoop()
pipeline = Gst.Pipeline()
webrtc = Gst.ElementFactory.make("webrtcbin")
webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
pipeline.add(webrtc)


def end(reason):
    print(reason, file=sys.stderr, flush=True)
    loop.quit()


def offered(promise):
    reply = promise.get_reply()  # owns the offer
    webrtc.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())


def gathered(*_):
    if webrtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        return
    offer = webrtc.get_property("local-description").sdp.as_text()
    request = urllib.request.Request(url, offer.encode(), {"Content-Type": "application/sdp"})
    answer = urllib.request.urlopen(request).read()
    _, sdp = GstSdp.SDPMessage.new_from_text(answer.decode())
    description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
    webrtc.emit("set-remote-description", description, Gst.Promise.new())


def picture(sink):
    data = sink.emit("pull-sample").get_buffer()
    sys.stdout.buffer.write(data.extract_dup(0, data.get_size()))
    sys.stdout.buffer.flush()
    return Gst.FlowReturn.OK


def arrived(_, pad):
    chain = f"{decoder} ! videoconvert ! video/x-raw,format=RGBA ! appsink name=sink emit-signals=true sync=false"
    part = Gst.parse_bin_from_description(chain, True)
    part.get_by_name("sink").connect("new-sample", picture)
    pipeline.add(part)
    part.sync_state_with_parent()
    pad.link(part.get_static_pad("sink"))


def said(_, message):
    if message.type == Gst.MessageType.ERROR:
        end(message.parse_error()[0].message)
    return True


webrtc.connect("on-negotiation-needed", lambda *_: webrtc.emit(
    "create-offer", None, Gst.Promise.new_with_change_func(offered)))
webrtc.connect("notify::ice-gathering-state", gathered)
webrtc.get_by_name("rtpbin").connect("on-bye-ssrc", lambda *_: GLib.idle_add(end, "goodbye"))
webrtc.connect("pad-added", arrived)
webrtc.emit(
    "add-transceiver",
    GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
    Gst.Caps.from_string(f"application/x-rtp,media=video,payload=96,clock-rate=90000,encoding-name={caps}"),
)
pipeline.get_bus().add_watch(GLib.PRIORITY_DEFAULT, said)
pipeline.set_state(Gst.State.PLAYING)
loop.run()
pipeline.set_state(Gst.State.NULL)
