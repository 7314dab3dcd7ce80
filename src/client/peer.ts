/// <reference lib="dom" preserve="true" />
import { reasonOf } from "../base/errors.ts";
import { type Endpoint, Resource } from "./signalling.ts";

/** Seconds until a new connection must stand. */
const CONNECT = 6;

/** Seconds between two looks at the numbers of a connection: while its first frame is awaited, and afterwards. */
const LOOK = { first: 0.05, later: 0.25 };

/** What a connection has carried, over the last second. */
export interface MediaStats {
	/** Frames decoded, or sent, per second. */
	readonly fps: number;
	/** Bits per second. */
	readonly bitrate: number;
	/** Pixels; 0 before the first frame. */
	readonly width: number;
	readonly height: number;
	/** Seconds to the daemon and back; `undefined` until measured. */
	readonly rtt: number | undefined;
	/** Frames that were decoded and not shown, and packets that never came, since the start. */
	readonly dropped: number;
	readonly lost: number;
	/** Frames since the start. */
	readonly frames: number;
}

/** What a connection needs to begin. */
export interface PeerOptions {
	readonly endpoint: Endpoint;
	readonly iceServers: readonly RTCIceServer[];
	/** Adds what is to be sent or received. */
	readonly prepare: (connection: RTCPeerConnection) => void;
	/** Seconds without any packet after which the other side is taken for dead; less where they came thick. */
	readonly patience: number;
	/** Called once a second. */
	readonly stats?: ((stats: MediaStats) => void) | undefined;
}

/** One connection with the daemon, from offer to end. It never comes back; see `Steady`. */
export class Peer {
	readonly connection: RTCPeerConnection;
	/** Resolves with the reason once the other side is gone, or after `close`. */
	readonly ended: Promise<string>;
	readonly #options: PeerOptions;
	readonly #candidates: (RTCIceCandidate | null)[] = [];
	#resource: Resource | undefined;
	readonly #resolve: (reason: string) => void;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#over = false;
	#frames = 0;

	private constructor(options: PeerOptions) {
		this.#options = options;
		this.connection = new RTCPeerConnection({ iceServers: [...options.iceServers], bundlePolicy: "max-bundle" });
		let resolve: (reason: string) => void = () => {};
		this.ended = new Promise((end) => {
			resolve = end;
		});
		this.#resolve = resolve;
	}

	/** Connects. Rejects with the reason when that fails, and leaves nothing behind. */
	static async open(options: PeerOptions, signal: AbortSignal): Promise<Peer> {
		const peer = new Peer(options);
		const limit = new AbortController();
		const stop = () => limit.abort(new Error("closed"));
		const timer = setTimeout(() => limit.abort(new Error(`no connection within ${CONNECT} s`)), CONNECT * 1000);
		signal.addEventListener("abort", stop);
		try {
			await peer.#negotiate(limit.signal);
			return peer;
		} catch (error) {
			peer.close();
			throw limit.signal.aborted ? limit.signal.reason : error;
		} finally {
			clearTimeout(timer);
			signal.removeEventListener("abort", stop);
		}
	}

	/** Servers that the daemon named, for the next connection. */
	get iceServers(): readonly RTCIceServer[] {
		return this.#resource?.iceServers ?? [];
	}

	/** Frames received, or sent, so far. */
	get frames(): number {
		return this.#frames;
	}

	/** Ends it, and tells the daemon. Its last frame stays where it is shown until its track is taken away. */
	close(): void {
		this.#end("closed");
		this.connection.close();
		this.#resource?.remove().catch(() => {}); // gone already
		this.#resource = undefined;
	}

	async #negotiate(signal: AbortSignal): Promise<void> {
		const { connection } = this;
		this.#options.prepare(connection);
		connection.onicecandidate = ({ candidate }) => {
			this.#candidates.push(candidate);
			if (this.#candidates.length === 1) queueMicrotask(() => this.#trickle());
		};
		await connection.setLocalDescription();
		const offer = connection.localDescription?.sdp ?? "";
		this.#resource = await Resource.offer(this.#options.endpoint, offer, signal);
		await connection.setRemoteDescription({ type: "answer", sdp: this.#resource.answer });
		this.#trickle();
		await connected(connection, signal);
		connection.onconnectionstatechange = () => {
			if (connection.connectionState !== "connected") this.#end(`the connection is ${connection.connectionState}`);
		};
		// A daemon that leaves says so in DTLS, of which `connectionState` knows nothing before ICE fails.
		for (const { receiver } of connection.getTransceivers()) {
			const { transport } = receiver;
			transport?.addEventListener("statechange", () => {
				if (transport.state === "closed") this.#end("the daemon ended it");
			});
		}
		this.#watch();
	}

	#end(reason: string): void {
		clearTimeout(this.#timer);
		this.#over = true;
		this.connection.onicecandidate = null;
		this.connection.onconnectionstatechange = null;
		this.#resolve(reason);
	}

	/** Sends the candidates that gathered so far, in one go. */
	#trickle(): void {
		if (!this.#resource || this.#candidates.length === 0) return;
		const sdp = this.connection.localDescription?.sdp ?? "";
		this.#resource.trickle(sdp, this.#candidates.splice(0)).catch(() => {}); // without them it connects or times out
	}

	/** Looks at the numbers until it is over: they tell a dead peer long before ICE does. */
	#watch(): void {
		const { patience, stats } = this.#options;
		let heard = performance.now();
		let packets = -1;
		let usual = patience;
		let last: { readonly at: number; readonly frames: number; readonly bytes: number } | undefined;
		const look = async () => {
			const report = read(await this.connection.getStats());
			if (this.#over) return;
			const now = performance.now();
			this.#frames = report.frames;
			if (report.packets !== packets) {
				usual += ((now - heard) / 1000 - usual) / 5;
				heard = now;
			}
			packets = report.packets;
			// One whose packets came thick is missed sooner than one that holds a still picture.
			const limit = Math.min(patience, Math.max(1, usual * 4));
			if (now - heard > limit * 1000) return this.#end("nothing comes any more");
			const seconds = (now - (last?.at ?? 0)) / 1000;
			if (!last || seconds >= 1) {
				const { frames, bytes } = report;
				const fps = last ? (frames - last.frames) / seconds : 0;
				const bitrate = last ? ((bytes - last.bytes) * 8) / seconds : 0;
				last = { at: now, frames, bytes };
				stats?.({ ...report, fps, bitrate });
			}
			again();
		};
		const again = () => {
			const pause = this.#frames === 0 ? LOOK.first : LOOK.later;
			this.#timer = setTimeout(() => look().catch((error: unknown) => this.#end(reasonOf(error))), pause * 1000);
		};
		again();
	}
}

/** Resolves once packets may flow. */
function connected(connection: RTCPeerConnection, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const look = () => {
			const state = connection.connectionState;
			if (state === "connected") resolve();
			else if (state === "failed" || state === "closed") reject(new Error("no way to the daemon was found"));
		};
		connection.onconnectionstatechange = look;
		signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
		look();
	});
}

/** The numbers of all parts of a connection in one. */
function read(report: RTCStatsReport) {
	const sum = { frames: 0, bytes: 0, packets: 0, lost: 0, dropped: 0, width: 0, height: 0 };
	let rtt: number | undefined;
	for (const part of report.values() as Iterable<Record<string, string | number | undefined>>) {
		const number = (key: string) => Number(part[key] ?? 0);
		if (part.type === "inbound-rtp" || part.type === "outbound-rtp") {
			sum.frames += number("framesDecoded") + number("framesSent");
			sum.bytes += number("bytesReceived") + number("bytesSent");
			sum.lost += number("packetsLost");
			sum.dropped += number("framesDropped");
			sum.packets += number("packetsReceived");
			sum.width = Math.max(sum.width, number("frameWidth"));
			sum.height = Math.max(sum.height, number("frameHeight"));
		} else if (part.type === "transport" || part.type === "candidate-pair") {
			sum.packets += number("packetsReceived") + number("responsesReceived");
			if (part.nominated && part.currentRoundTripTime !== undefined) rtt = number("currentRoundTripTime");
		}
	}
	return { ...sum, rtt };
}
