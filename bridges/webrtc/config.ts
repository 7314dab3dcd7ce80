import * as z from "zod";

/** A STUN or TURN server as browsers take it. */
export interface IceServer {
	readonly urls: string | string[];
	readonly username?: string | undefined;
	readonly credential?: string | undefined;
}

/** Servers as an address of `iceServersUrl` may describe them. */
export const iceServer = z.object({
	urls: z.union([z.string(), z.array(z.string()).min(1)]),
	username: z.string().optional(),
	credential: z.string().optional(),
});

/** The section `webrtc` of the config file, as far as it reaches the service. */
export const webrtcConfig = z.object({
	/** Given to browsers, and used by us. With a `secret`, credentials are made that hold for `turnLifetime`. */
	iceServers: z.array(iceServer.extend({ secret: z.string().min(1).optional() })).default([]),
	/** Seconds. */
	turnLifetime: z.number().min(60).max(604_800).default(3600),
	/** An address that answers with servers as JSON; asked again before their credentials expire. */
	iceServersUrl: z.url({ protocol: /^https?$/ }).optional(),
	/** Sent to `iceServersUrl` as a bearer token. */
	iceServersToken: z.string().optional(),
	/** Offers nothing but TURN relays as a way to reach us. */
	relayOnly: z.boolean().default(false),
	/** Further addresses of this machine: the public one behind a one-to-one NAT. */
	addresses: z.array(z.string()).default([]),
	/** UDP ports to use, first and last. */
	ports: z.tuple([z.int(), z.int()]).optional(),
	/** Connections at once. */
	maxPeers: z.int().min(1).default(200),
	/** Mb/s of one picture, at most. */
	maxBitrate: z.number().min(0.1).default(6),
	/** Pixels; larger pictures are scaled down for viewers. */
	maxWidth: z.int().min(64).default(1920),
	maxHeight: z.int().min(64).default(1080),
	/** What is sent and received, the preferred one first. VP9 and AV1 are sent only where they are encoded in time. */
	codecs: z
		.array(z.enum(["h264", "vp8", "vp9", "av1"]))
		.min(1)
		.default(["h264", "vp8", "vp9", "av1"]),
});
export type WebRtcConfig = z.output<typeof webrtcConfig>;
