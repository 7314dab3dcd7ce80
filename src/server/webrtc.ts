import * as z from "zod";
import type { Role } from "../control/context.ts";

/** A candidate as browsers write it. */
export const candidate = z.object({
	candidate: z.string().max(2048),
	sdpMid: z.string().max(64).nullish(),
	sdpMLineIndex: z.int().min(0).max(64).nullish(),
	usernameFragment: z.string().max(256).nullish(),
});

/** A server that helps two machines find a way to each other. */
export const iceServer = z.object({
	urls: z.union([z.string(), z.array(z.string())]),
	username: z.string().optional(),
	credential: z.string().optional(),
});
export type IceServer = z.output<typeof iceServer>;

/** Methods of the WebRTC service, with what each is given. */
export interface WebRtcCalls {
	/** Begins a connection: ours with Scope's data channel, a viewer by WHEP, or a source by WHIP. */
	readonly offer: {
		readonly session: string;
		readonly sdp: string;
		readonly kind: "scope" | "whep" | "whip";
		/** What the peer may do over its data channel. */
		readonly role: Role;
		/** Scope's parameters to begin with. */
		readonly parameters?: Readonly<Record<string, unknown>> | undefined;
	};
	/** Adds candidates, or restarts ICE when the fragment or password is new. `etag` as sent in If-Match, unquoted. */
	readonly patch: {
		readonly id: string;
		readonly candidates: readonly z.output<typeof candidate>[];
		readonly ufrag?: string | undefined;
		readonly pwd?: string | undefined;
		readonly etag?: string | undefined;
	};
	readonly remove: { readonly id: string };
	readonly iceServers: Record<never, never>;
}

/** What the service answers, by method. */
export const answers = {
	offer: z.object({
		id: z.string().min(1).max(128),
		sdp: z.string(),
		etag: z.string(),
		iceServers: z.array(iceServer).default([]),
	}),
	/** With a fragment and a new tag after a restart. */
	patch: z.object({ sdpfrag: z.string().optional(), etag: z.string().optional() }).nullish(),
	remove: z.unknown(),
	iceServers: z.array(iceServer),
} as const;
