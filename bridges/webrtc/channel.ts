import { MutoscopeError } from "mutoscope/sdk";
import type { DataChannel } from "./transport.ts";

/** Bytes that may wait for a slow peer; what is sent beyond that is refused. */
const MOST = 1 << 20;

/** What the daemon hears of data channels, by the event `channel`. Channels are numbered, by service. */
export type ChannelEvent =
	| {
			readonly type: "open";
			readonly peer: string;
			readonly session: string;
			readonly channel: number;
			readonly label: string;
	  }
	| { readonly type: "message"; readonly peer: string; readonly channel: number; readonly data: string | Uint8Array }
	| { readonly type: "close"; readonly peer: string; readonly channel: number };

/** The open data channels. What is said over them is the daemon's business: each message goes there and comes from there. */
export class Channels {
	readonly #emit: (event: ChannelEvent) => void;
	readonly #open = new Map<number, DataChannel>();
	#next = 1;

	constructor(emit: (event: ChannelEvent) => void) {
		this.#emit = emit;
	}

	/** Takes on a channel that a peer opened. */
	add(peer: string, session: string, channel: DataChannel): void {
		const id = this.#next++;
		this.#open.set(id, channel);
		this.#emit({ type: "open", peer, session, channel: id, label: channel.label });
		channel.listen(
			(data) => this.#emit({ type: "message", peer, channel: id, data }),
			() => {
				if (this.#open.delete(id)) this.#emit({ type: "close", peer, channel: id });
			},
		);
	}

	/** Sends, and returns how many bytes wait. Throws `webrtc/unknown-channel`, `webrtc/busy`. */
	send(id: number, data: string | Uint8Array): number {
		const channel = this.#find(id);
		if (channel.buffered > MOST) throw new MutoscopeError("webrtc/busy", { reason: "the data channel is not drained" });
		channel.send(typeof data === "string" ? data : Buffer.from(data));
		return channel.buffered;
	}

	/** Closes a channel. Throws `webrtc/unknown-channel`. */
	close(id: number): void {
		this.#find(id).close();
	}

	#find(id: number): DataChannel {
		const channel = this.#open.get(id);
		if (!channel) throw new MutoscopeError("webrtc/unknown-channel", { channel: id });
		return channel;
	}
}
