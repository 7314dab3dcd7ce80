import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SessionDescription } from "werift";
import { writeAnswer } from "../../../bridges/webrtc/answer.ts";
import { type Kind, plan } from "../../../bridges/webrtc/negotiate.ts";
import type { Codec } from "../../../bridges/webrtc/packetise.ts";
import { parseOffer } from "../../../bridges/webrtc/sdp.ts";
import { parseFragment, writeFragment } from "../../../bridges/webrtc/sdpfrag.ts";

const US = {
	ufrag: "ours",
	pwd: "our-password",
	fingerprint: "sha-256 11:22",
	setup: "passive" as const,
	candidates: ["candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host"],
	name: "mutoscope",
};

const VIDEO = [
	"a=rtcp-mux",
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
	"a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
	"a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	"a=rtpmap:96 VP8/90000",
	"a=rtcp-fb:96 goog-remb",
	"a=rtcp-fb:96 transport-cc",
	"a=rtcp-fb:96 nack",
	"a=rtcp-fb:96 nack pli",
	"a=rtpmap:97 rtx/90000",
	"a=fmtp:97 apt=96",
	"a=rtpmap:101 H264/90000",
	"a=fmtp:101 packetization-mode=0;profile-level-id=42e01f",
	"a=rtpmap:102 H264/90000",
	"a=rtcp-fb:102 nack",
	"a=rtcp-fb:102 ccm fir",
	"a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
	"a=rtpmap:103 rtx/90000",
	"a=fmtp:103 apt=102",
];
const HEAD = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"];
const ICE = ["a=ice-ufrag:them", "a=ice-pwd:their-password", "a=fingerprint:sha-256 AA:BB", "a=setup:actpass"];

/** An offer with sections of these kinds and directions, as a browser makes it. */
function offer(...sections: ["audio" | "video" | "data", string?][]): string {
	const lines = sections.flatMap(([kind, direction = "recvonly"], mid) => {
		const own = [`a=mid:${mid}`, ...ICE];
		if (kind === "data") return ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", ...own, "a=sctp-port:5000"];
		if (kind === "audio")
			return ["m=audio 9 UDP/TLS/RTP/SAVPF 111", ...own, `a=${direction}`, "a=rtpmap:111 opus/48000/2"];
		return ["m=video 9 UDP/TLS/RTP/SAVPF 96 97 101 102 103", ...own, `a=${direction}`, ...VIDEO];
	});
	const bundle = `a=group:BUNDLE ${sections.map((_, i) => i).join(" ")}`;
	return [...HEAD, bundle, ...lines, ""].join("\r\n");
}

function answer(sdp: string, kind: Kind, codecs: Codec[] = ["h264", "vp8", "vp9", "av1"], sendable = codecs): string {
	const parsed = parseOffer(sdp);
	return writeAnswer(parsed, plan(parsed, kind, codecs, 6_000_000, sendable).decisions, US);
}

describe("an answer", () => {
	test("takes the preferred codec that can be split into packets, with its retransmission", () => {
		const text = answer(offer(["video"]), "whep");
		expect(text).toContain("m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n");
		expect(text).toContain("a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n");
		expect(text).toContain("a=sendonly\r\n");
		expect(answer(offer(["video"]), "whep", ["vp8", "h264"])).toContain("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n");
	});

	test("takes VP9 and AV1 of profile 0, to send only where it is said to keep up", () => {
		const rich = (direction: string) =>
			offer(["video", direction]).replace(/a=rtpmap:(\d+) (VP8|H264)\/90000/g, (_, id) =>
				id === "96"
					? "a=rtpmap:96 VP9/90000\r\na=fmtp:96 profile-id=2"
					: id === "101"
						? "a=rtpmap:101 VP9/90000"
						: "a=rtpmap:102 AV1/90000",
			);
		const text = rich("recvonly").replaceAll("profile-level-id=42e01f", "profile-id=0");
		expect(answer(text, "whep")).toContain("m=video 9 UDP/TLS/RTP/SAVPF 101\r\n");
		expect(answer(text, "whep", undefined, ["av1"])).toContain("a=rtpmap:102 AV1/90000");
		expect(() => answer(text, "whep", undefined, [])).toThrow("in real time");
		expect(answer(rich("sendonly"), "whip", ["av1"], [])).toContain("a=rtpmap:102 AV1/90000");
	});

	test("asks for REMB and never for transport-cc, and for immediate playout where we send", () => {
		const sending = answer(offer(["video"]), "whep", ["vp8"]);
		expect(sending).toContain("a=rtcp-fb:96 goog-remb");
		expect(sending).toContain("a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay");
		expect(sending).not.toMatch(/transport-cc|transport-wide-cc/);
		const receiving = answer(offer(["video", "sendonly"]), "whip", ["vp8"]);
		expect(receiving).toContain("a=recvonly");
		expect(receiving).toContain("a=fmtp:96 x-google-start-bitrate=2500");
		expect(receiving).not.toMatch(/transport-cc|playout-delay/);
	});

	test("answers each section in its place: refuses what it has no use for, swallows audio that is sent", () => {
		const text = answer(offer(["audio"], ["video"], ["data"]), "scope");
		expect(text.match(/^m=.*/gm)).toEqual([
			"m=audio 0 UDP/TLS/RTP/SAVPF 111",
			"m=video 9 UDP/TLS/RTP/SAVPF 102 103",
			"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
		]);
		expect(text).toContain("a=group:BUNDLE 1 2\r\n");
		const obs = answer(offer(["audio", "sendonly"], ["video", "sendonly"]), "whip");
		expect(obs).toContain("m=audio 9 UDP/TLS/RTP/SAVPF 111");
	});

	test("sends and receives in one section where both are offered", () => {
		const text = answer(offer(["video", "sendrecv"], ["video", "recvonly"]), "scope");
		expect(text.match(/^m=.*/gm)).toEqual([
			"m=video 9 UDP/TLS/RTP/SAVPF 102 103",
			"m=video 0 UDP/TLS/RTP/SAVPF 96 97 101 102 103",
		]);
		expect(text).toContain("a=sendrecv");
	});

	test("is understood by another implementation", () => {
		const parsed = SessionDescription.parse(answer(offer(["video"], ["data"]), "scope"));
		expect(parsed.media.map(({ kind, port, direction }) => ({ kind, port, direction }))).toEqual([
			{ kind: "video", port: 9, direction: "sendonly" },
			{ kind: "application", port: 9, direction: undefined },
		]);
		expect(parsed.media[0]?.iceCandidates).toHaveLength(1);
		expect(parsed.media[0]?.dtlsParams?.role).toBe("server");
	});

	test("finds credentials at session level, as OBS writes them", () => {
		const sdp = [
			...HEAD,
			...ICE,
			"a=group:BUNDLE 0",
			"m=video 9 UDP/TLS/RTP/SAVPF 102",
			"a=mid:0",
			"a=sendonly",
			...VIDEO,
			"",
		].join("\n");
		expect(parseOffer(sdp)).toMatchObject({ ufrag: "them", pwd: "their-password", fingerprints: ["sha-256 AA:BB"] });
		expect(answer(sdp, "whip")).toContain("m=video 9 UDP/TLS/RTP/SAVPF 102\r\n");
	});

	test.each([
		["", "whep", "no media sections"],
		[offer(["video"]).replaceAll("a=ice-pwd:their-password", "a=x"), "whep", "no ICE credentials"],
		[offer(["video"]).replaceAll("a=fingerprint:", "a=x:"), "whep", "no certificate fingerprint"],
		[offer(["video", "sendonly"]), "whep", "takes no video"],
		[offer(["video"]), "whip", "sends no video"],
		[offer(["audio"]), "scope", "nothing that we can take"],
	] as const)("is refused, saying why: %#", (sdp, kind, reason) => {
		expect(() => answer(sdp, kind)).toThrow(reason);
	});

	test("whatever is offered, it is answered or refused with a reason", () => {
		const lines = fc.array(
			fc.constantFrom(...offer(["audio"], ["video"], ["data"]).split("\r\n"), "m=", "a=", "m=video"),
			{ maxLength: 60 },
		);
		fc.assert(
			fc.property(lines, fc.constantFrom<Kind>("scope", "whep", "whip"), (lines, kind) => {
				try {
					expect(answer(lines.join("\r\n"), kind)).toContain("v=0");
				} catch (error) {
					expect(error).toBeInstanceOf(TypeError);
				}
			}),
			{ numRuns: 2000 },
		);
	});
});

describe("a fragment", () => {
	test("carries candidates, their end, and new credentials", () => {
		const text = writeFragment(
			{ kind: "video", protocol: "UDP/TLS/RTP/SAVPF", format: "96", mid: "0" },
			["0", "1"],
			US,
			US.candidates,
		);
		expect(parseFragment(text)).toEqual({
			credentials: { ufrag: "ours", pwd: "our-password" },
			candidates: US.candidates,
			complete: true,
		});
		expect(parseFragment("a=candidate:2 1 udp 1 192.0.2.2 1 typ host\r\n")).toMatchObject({ complete: false });
	});
});
