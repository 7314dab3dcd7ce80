import { MutoscopeError } from "mutoscope/sdk";
import * as z from "zod";
import type { IceServers } from "./ice.ts";
import type { Peers } from "./peers.ts";
import { parseFragment } from "./sdpfrag.ts";

const offer = z.object({ session: z.string(), sdp: z.string().max(200_000), kind: z.enum(["scope", "whep", "whip"]) });
const patch = z.object({
	id: z.string(),
	/** As browsers write them; an empty one says that there are no more. */
	candidates: z
		.array(z.object({ candidate: z.string() }))
		.max(200)
		.default([]),
	/** New credentials restart ICE. */
	ufrag: z.string().optional(),
	pwd: z.string().optional(),
	/** The same as text, instead. */
	sdpfrag: z.string().max(100_000).optional(),
	etag: z.string().optional(),
});
const remove = z.object({ id: z.string() });
const send = z.object({ channel: z.number(), data: z.union([z.string(), z.instanceof(Uint8Array)]) });
const close = z.object({ channel: z.number() });

/** Answers the daemon's calls: `offer`, `patch`, `remove`, `iceServers`, `channel.send`, `channel.close`. */
export async function signal(peers: Peers, ice: IceServers, method: string, input: unknown): Promise<unknown> {
	if (method === "iceServers") return ice.current();
	if (method === "offer") {
		const { session, sdp, kind } = offer.parse(input);
		const iceServers = await ice.current();
		const answered = await peers.offer(session, sdp, kind, iceServers);
		return { id: answered.peer.id, sdp: answered.sdp, etag: answered.peer.etag, iceServers };
	}
	if (method === "patch") return change(peers, patch.parse(input));
	if (method === "remove") return peers.find(remove.parse(input).id).end("the other side left");
	if (method === "channel.send") {
		const { channel, data } = send.parse(input);
		return peers.channels.send(channel, data);
	}
	if (method === "channel.close") return peers.channels.close(close.parse(input).channel);
	throw new TypeError(`the WebRTC service has no method ${method}`);
}

/** Candidates, or an ICE restart; the tag is checked where there is one, and `*` fits any. */
async function change(peers: Peers, { id, etag, ...said }: z.output<typeof patch>) {
	const peer = peers.find(id);
	if (etag !== undefined && etag !== "*" && etag !== peer.etag) throw new MutoscopeError("webrtc/stale", {});
	const fragment = said.sdpfrag === undefined ? undefined : parseFragment(said.sdpfrag);
	const [ufrag, pwd] = [said.ufrag ?? fragment?.credentials?.ufrag, said.pwd ?? fragment?.credentials?.pwd];
	const candidates = [...said.candidates.map(({ candidate }) => candidate), ...(fragment?.candidates ?? [])];
	const known = peer.remote;
	const restarts = ufrag !== undefined && pwd !== undefined && (ufrag !== known.ufrag || pwd !== known.pwd);
	const sdpfrag = restarts ? await peer.restart({ ufrag, pwd }) : undefined;
	const real = candidates.filter((candidate) => candidate !== "");
	peer.addCandidates(real, real.length < candidates.length || fragment?.complete === true);
	return sdpfrag === undefined ? {} : { sdpfrag, etag: peer.etag };
}
