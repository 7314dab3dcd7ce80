import { receiverReport } from "../../bridges/webrtc/rtcp.ts";
import { parseRtp, sequenceDistance } from "../../bridges/webrtc/rtp.ts";
import { parseOffer } from "../../bridges/webrtc/sdp.ts";
import { openWerift } from "../../bridges/webrtc/werift.ts";

/** What the viewers got, all together. */
export interface Totals {
	readonly packets: number;
	readonly lost: number;
}

/** Viewers that connect at the same time. */
const TOGETHER = 10;

/** Headless viewers, as many as its first argument says: each counts what it gets and loses. It offers through the parent. */
const answered = new Map<number, (sdp: string) => void>();
const viewers: { packets: number; lost: number; last: number | undefined }[] = [];

process.on("message", (message: { index?: number; sdp?: string; reset?: true; totals?: true }) => {
	if (message.sdp !== undefined) answered.get(message.index ?? 0)?.(message.sdp);
	if (message.reset) for (const viewer of viewers) Object.assign(viewer, { packets: 0, lost: 0 });
	if (message.totals) {
		const sum = (key: "packets" | "lost") => viewers.reduce((sum, viewer) => sum + viewer[key], 0);
		const totals: Totals = { packets: sum("packets"), lost: sum("lost") };
		process.send?.({ totals });
	}
});
process.on("disconnect", () => process.exit(0));

const count = Number(process.argv[2]);
for (let i = 0; i < count; i += TOGETHER) {
	await Promise.all(Array.from({ length: Math.min(TOGETHER, count - i) }, (_, k) => join(i + k)));
}
process.send?.({ connected: true });

async function join(index: number): Promise<void> {
	const viewer = { packets: 0, lost: 0, last: undefined as number | undefined };
	viewers.push(viewer);
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const transport = await openWerift(
		{ iceServers: [], relayOnly: false, addresses: [] },
		{
			state(state, reason) {
				if (state === "connected") resolve();
				else reject(new Error(reason));
			},
			rtp(packet) {
				const parsed = parseRtp(packet);
				if (parsed?.payloadType !== 96) return;
				const step = viewer.last === undefined ? 1 : sequenceDistance(viewer.last, parsed.sequence);
				viewer.packets++;
				viewer.lost += step - 1;
				viewer.last = parsed.sequence;
			},
			rtcp() {},
			channel() {},
		},
	);
	await transport.gather();
	const answer = new Promise<string>((resolve) => answered.set(index, resolve));
	const { ufrag, pwd } = transport.credentials;
	const sdp = [
		"v=0",
		"o=- 1 1 IN IP4 0.0.0.0",
		"s=-",
		"t=0 0",
		"a=group:BUNDLE 0",
		"m=video 9 UDP/TLS/RTP/SAVPF 96",
		"a=mid:0",
		"a=recvonly",
		"a=rtcp-mux",
		`a=ice-ufrag:${ufrag}`,
		`a=ice-pwd:${pwd}`,
		`a=fingerprint:${transport.fingerprint}`,
		"a=setup:active",
		"a=rtpmap:96 H264/90000",
		"a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		"a=rtcp-fb:96 nack pli",
		...transport.candidates.map((candidate) => `a=${candidate}`),
		"a=end-of-candidates",
		"",
	].join("\r\n");
	process.send?.({ index, sdp });
	const remote = parseOffer(await answer);
	// Towards an ICE-lite peer werift takes control, which one of the two must.
	transport.connect({ ...remote, lite: true }, "active");
	for (const candidate of remote.candidates) await transport.addCandidate(candidate);
	await promise;
	setInterval(() => transport.sendRtcp(receiverReport(1, [], "viewer")), 2000);
}
