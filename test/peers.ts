import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Foreign programs that tests talk to, and the Debian package that has each. `.ci/peers` installs them. */
export const PEERS = {
	chromium: "chromium",
	oscsend: "liblo-tools",
	oscdump: "liblo-tools",
	python3: "python3",
	ffprobe: "ffmpeg",
	ip: "iproute2",
	tc: "iproute2",
	unshare: "util-linux",
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
