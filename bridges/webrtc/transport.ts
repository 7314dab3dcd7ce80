import type { IceServer } from "./config.ts";
import type { Credentials, RemoteParty } from "./sdp.ts";

/** What the network under a connection is made of. */
export interface TransportOptions {
	readonly iceServers: readonly IceServer[];
	readonly relayOnly: boolean;
	/** UDP ports to use, first and last. */
	readonly ports?: readonly [number, number] | undefined;
	/** Further addresses of this machine. */
	readonly addresses: readonly string[];
}

/** What a transport tells. */
export interface TransportEvents {
	/** Media flows; or it ended, with a reason. Nothing follows `closed`. */
	state(state: "connected" | "closed", reason: string): void;
	/** A decrypted RTP packet. */
	rtp(packet: Buffer): void;
	/** A decrypted compound of RTCP packets. */
	rtcp(compound: Buffer): void;
	/** The other side opened a data channel. */
	channel(channel: DataChannel): void;
}

/** A channel for messages beside the media. */
export interface DataChannel {
	readonly label: string;
	/** Bytes that wait to be sent. */
	readonly buffered: number;
	send(data: string | Buffer): void;
	close(): void;
	/** Calls back with every message, until `closed`. */
	listen(message: (data: string | Buffer) => void, closed: () => void): void;
}

/**
 * The way to one peer: ICE, DTLS, SRTP and SCTP, and nothing above. What an offer means, what is in an RTP packet, and
 * what is done about loss is none of its business, so that another library can take its place.
 */
export interface Transport extends AsyncDisposable {
	readonly credentials: Credentials;
	/** Of our certificate, as `sha-256 AA:BB…`. */
	readonly fingerprint: string;
	/** Ways to reach us, as lines `candidate:…`, once gathered. */
	readonly candidates: readonly string[];
	/** Seconds a packet takes there and back; `undefined` before it was measured. */
	readonly roundTrip: number | undefined;
	/** Finds out how we can be reached. */
	gather(): Promise<void>;
	/** Begins to connect; `state` tells how it went. `dtls` is our end, `sctpPort` theirs, if there are to be data channels. */
	connect(remote: RemoteParty, dtls: "active" | "passive", sctpPort?: number): void;
	/** Starts ICE again, with new credentials on both sides, while media goes on. */
	restart(remote: Credentials): Promise<void>;
	/** Another way to reach them; `undefined` says that there are no more. */
	addCandidate(candidate: string | undefined): Promise<void>;
	/** Encrypts and sends. `header` must fit `ssrc` and `sequence`. Dropped unless connected. */
	sendRtp(ssrc: number, sequence: number, header: Buffer, payload: Buffer): void;
	/** Encrypts and sends a compound of RTCP packets. Dropped unless connected. */
	sendRtcp(compound: Buffer): void;
}

/** Opens a transport. */
export type OpenTransport = (options: TransportOptions, events: TransportEvents) => Promise<Transport>;
