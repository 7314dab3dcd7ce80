import type { OpenTransport, Transport } from "../../../bridges/webrtc/transport.ts";
import { openWerift } from "../../../bridges/webrtc/werift.ts";
import { monotonic } from "../../../src/media/clock.ts";

type Pass = (bytes: number, send: () => void) => void;

/** A transport whose outgoing packets go through `pass`. */
function through(pass: Pass): OpenTransport {
	return async (options, events) => {
		const transport = await openWerift(options, events);
		return new Proxy(transport, {
			get(target, name: keyof Transport) {
				if (name === "sendRtp") {
					return (...packet: Parameters<Transport["sendRtp"]>) =>
						pass(packet[3].length, () => target.sendRtp(...packet));
				}
				if (name === "sendRtcp") return (compound: Buffer) => pass(compound.length, () => target.sendRtcp(compound));
				const value = target[name];
				return typeof value === "function" ? (value as (...input: never[]) => unknown).bind(target) : value;
			},
		});
	};
}

/** Loses a share of the packets, always the same ones. `everything` loses all. */
export function lossy(share: number): { open: OpenTransport; everything: boolean } {
	let seed = 1;
	const link = {
		everything: false,
		open: through((_bytes, send) => {
			seed = (seed * 48_271) % 2_147_483_647;
			if (!link.everything && seed / 2_147_483_647 >= share) send();
		}),
	};
	return link;
}

/** Carries so many bits per second; what would wait longer than `queue` seconds is lost. */
export function narrow(bitrate: number, queue: number): OpenTransport {
	let free = 0;
	return through((bytes, send) => {
		const now = monotonic();
		const start = Math.max(now, free);
		if (start - now > queue) return;
		free = start + ((bytes + 60) * 8) / bitrate;
		setTimeout(send, (free - now) * 1000);
	});
}
