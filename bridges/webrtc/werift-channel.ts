import type { RTCDataChannel } from "werift";
import type { DataChannel } from "./transport.ts";

/** One of werift's channels as ours. */
export function weriftChannel(channel: RTCDataChannel): DataChannel {
	return {
		label: channel.label,
		get buffered() {
			return channel.bufferedAmount;
		},
		send: (data) => channel.send(data),
		close: () => channel.close(),
		listen(message, closed) {
			channel.onMessage.subscribe(message);
			channel.stateChange.subscribe((state) => {
				if (state === "closed") closed();
			});
		},
	};
}
