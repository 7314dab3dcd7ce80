import { expect, test } from "vitest";
import type { Feed } from "../../../bridges/webrtc/feed.ts";
import { plan } from "../../../bridges/webrtc/negotiate.ts";
import { Peer } from "../../../bridges/webrtc/peer.ts";
import { goodbye, receiverReport } from "../../../bridges/webrtc/rtcp.ts";
import { parseOffer } from "../../../bridges/webrtc/sdp.ts";
import type { Transport } from "../../../bridges/webrtc/transport.ts";

const transport: Transport = {
	credentials: { ufrag: "ours", pwd: "our-password" },
	fingerprint: "sha-256 11:22",
	candidates: [],
	roundTrip: undefined,
	gather: async () => {},
	connect() {},
	restart: async () => {},
	addCandidate: async () => {},
	sendRtp() {},
	sendRtcp() {},
	[Symbol.asyncDispose]: async () => {},
};

/** A peer on a transport of paper, connected. */
async function connected(direction: "recvonly" | "sendrecv") {
	const sdp = [
		...["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:0"],
		...["a=ice-ufrag:them", "a=ice-pwd:their-password", "a=fingerprint:sha-256 AA:BB", "a=setup:actpass"],
		...[`a=${direction}`, "a=rtcp-mux", "a=rtpmap:96 VP8/90000", ""],
	].join("\r\n");
	const offer = parseOffer(sdp);
	const states: string[] = [];
	const peer = new Peer({
		id: "p",
		session: "main",
		kind: "scope",
		offer,
		plan: plan(offer, "scope", ["vp8"], 1e6),
		incomingBitrate: 1e6,
		feed: () => ({ best: 1e6, add() {}, remove() {}, demandKey() {} }) as unknown as Feed,
		receiver: () => ({ [Symbol.asyncDispose]: async () => {} }) as never,
		transport: async () => transport,
		channel() {},
		changed: (state, reason) => states.push(reason || state),
	});
	await peer.answer();
	peer.onState("connected", "");
	return { peer, states };
}

test("a viewer that says goodbye is gone at once", async () => {
	const { peer, states } = await connected("recvonly");
	await using _ = peer;
	peer.onRtcp(receiverReport(7, [], "them"));
	expect(states).toEqual(["connected"]);
	peer.onRtcp(goodbye(7, [7], "them"));
	expect(states).toEqual(["connected", "it said goodbye"]);
	peer.onRtcp(goodbye(7, [7], "them"));
	expect(states).toHaveLength(2);
});

test("who sends as well may end a stream, and goes on to watch", async () => {
	const { peer, states } = await connected("sendrecv");
	await using _ = peer;
	peer.onRtcp(goodbye(7, [7], "them"));
	expect(states).toEqual(["connected"]);
});
