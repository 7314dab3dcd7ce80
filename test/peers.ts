import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** Foreign programs that tests talk to, and the Debian package that has each. `.ci/peers` installs them. */
export const PEERS = {
	chromium: "chromium",
	oscsend: "liblo-tools",
	oscdump: "liblo-tools",
	python3: "python3",
	turnserver: "coturn",
	ffprobe: "ffmpeg",
	git: "git",
	ip: "iproute2",
	tc: "iproute2",
	unshare: "util-linux",
	"avahi-daemon": "avahi-daemon",
	"dbus-daemon": "dbus",
} as const;

/** The path of a peer, or `undefined` where it is not installed; in CI a missing peer is a failure. */
export function peer(name: keyof typeof PEERS): string | undefined {
	for (const folder of [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"]) {
		try {
			accessSync(join(folder, name), constants.X_OK);
			return join(folder, name);
		} catch {} // not in this folder
	}
	if (process.env.CI) throw new Error(`${name} is missing: apt-get install ${PEERS[name]}`);
	return undefined;
}

const GSTREAMER = "gstreamer1.0-plugins-bad gstreamer1.0-plugins-good gstreamer1.0-nice python3-gst-1.0";
const ASK = `
import gi
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst
Gst.init(None)
assert all(map(Gst.ElementFactory.find, ("webrtcbin", "nicesrc", "openh264dec", "vp8dec")))`;

/** Debian's Python with GStreamer's WebRTC, or `undefined` where it is not installed; in CI that is a failure. */
export function gstreamer(): string | undefined {
	const python = "/usr/bin/python3"; // another Python knows nothing of Debian's packages
	if (spawnSync(python, ["-c", ASK]).status === 0) return python;
	if (process.env.CI) throw new Error(`GStreamer is missing: apt-get install ${GSTREAMER} gir1.2-gst-plugins-bad-1.0`);
	return undefined;
}

/** The library of NDI's runtime, or `undefined` where it is not installed or does not load; in CI that is a failure. */
export function ndi(): string | undefined {
	const python = peer("python3");
	try {
		const folder = dirname(createRequire(import.meta.url).resolve("@grandi/linux-x64/package.json"));
		const library = join(folder, "libndi.so.6");
		const { status } = spawnSync(String(python), ["-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", library]);
		if (status === 0) return library;
	} catch {} // npm has it for Linux on x64 only
	if (process.env.CI) throw new Error("NDI's runtime does not load: npm ci, and apt-get install libavahi-client3");
	return undefined;
}
