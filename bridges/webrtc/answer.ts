import type { Credentials, Offer, OfferedCodec, Section } from "./sdp.ts";

/** Keeps streams of a bundle apart (RFC 8843 §15). */
export const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
/** How long a frame may be held back before it is shown (libwebrtc's playout-delay). */
export const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** What we do with a section of an offer. */
export type Decision =
	| { readonly take: "nothing" }
	| { readonly take: "data" }
	/** Opus that comes in is received and thrown away: some senders give up when their audio is refused. */
	| { readonly take: "audio" }
	| {
			readonly take: "video";
			readonly codec: OfferedCodec;
			/** Our stream, if we send one here. */
			readonly sends?: { readonly ssrc: number; readonly retransmissionSsrc: number };
			/** Whether theirs is received. */
			readonly receives: boolean;
			/** Bits per second that a browser may begin with, instead of 300 kb/s. */
			readonly startBitrate?: number;
	  };

/** What we are, on the wire. */
export interface LocalParty extends Credentials {
	readonly fingerprint: string;
	readonly setup: "active" | "passive";
	/** Lines `candidate:…`. */
	readonly candidates: readonly string[];
	/** Names our streams in reports. */
	readonly name: string;
}

/** The feedback we understand. Never `transport-cc`: with it Chromium sends no REMB, which the bitrate follows. */
const FEEDBACK = ["nack", "nack pli", "ccm fir", "goog-remb"];

/** Writes the answer: one section for each of the offer's, in its order. */
export function writeAnswer(offer: Offer, decisions: readonly Decision[], us: LocalParty): string {
	const taken = offer.sections.filter((_, i) => decisions[i]?.take !== "nothing");
	const lines = [
		"v=0",
		"o=- 1 1 IN IP4 0.0.0.0",
		"s=-",
		"t=0 0",
		...(offer.bundled ? [`a=group:BUNDLE ${taken.map(({ mid }) => mid).join(" ")}`] : []),
		"a=msid-semantic:WMS *",
		...offer.sections.flatMap((section, i) => writeSection(section, decisions[i] ?? { take: "nothing" }, us)),
	];
	return `${lines.join("\r\n")}\r\n`;
}

function writeSection(section: Section, decision: Decision, us: LocalParty): string[] {
	const { kind, protocol, mid } = section;
	if (decision.take === "nothing") {
		return [`m=${kind} 0 ${protocol} ${section.formats.join(" ")}`, "c=IN IP4 0.0.0.0", "a=inactive", `a=mid:${mid}`];
	}
	const formats = decision.take === "data" ? ["webrtc-datachannel"] : payloadTypes(section, decision);
	return [
		`m=${kind} 9 ${protocol} ${formats.join(" ")}`,
		"c=IN IP4 0.0.0.0",
		`a=mid:${mid}`,
		`a=ice-ufrag:${us.ufrag}`,
		`a=ice-pwd:${us.pwd}`,
		"a=ice-options:trickle",
		`a=fingerprint:${us.fingerprint}`,
		`a=setup:${us.setup}`,
		...describe(section, decision, us),
		...us.candidates.map((candidate) => `a=${candidate}`),
		"a=end-of-candidates",
	];
}

function payloadTypes(section: Section, decision: Decision): (number | undefined)[] {
	if (decision.take !== "video") return [section.opus];
	const { payloadType, retransmission } = decision.codec;
	return retransmission === undefined ? [payloadType] : [payloadType, retransmission];
}

function describe(section: Section, decision: Decision, { name }: LocalParty): string[] {
	if (decision.take === "data") return [`a=sctp-port:${section.sctpPort ?? 5000}`, "a=max-message-size:65536"];
	const shared = ["a=rtcp-mux", ...extensions(section, [MID])];
	if (decision.take === "audio") return [...shared, "a=recvonly", `a=rtpmap:${section.opus} opus/48000/2`];
	if (decision.take !== "video") return [];
	const { codec, sends, receives, startBitrate } = decision;
	return [
		"a=rtcp-mux",
		"a=rtcp-rsize",
		...extensions(section, sends ? [MID, PLAYOUT_DELAY] : [MID]),
		`a=${sends ? (receives ? "sendrecv" : "sendonly") : receives ? "recvonly" : "inactive"}`,
		...describeCodec(codec, receives ? startBitrate : undefined),
		...(sends ? describeStream(sends, name, codec.retransmission !== undefined) : []),
	];
}

function extensions({ extensions }: Section, known: readonly string[]): string[] {
	return known.filter((uri) => extensions.has(uri)).map((uri) => `a=extmap:${extensions.get(uri)} ${uri}`);
}

function describeCodec(
	{ codec, payloadType, retransmission, format, feedback }: OfferedCodec,
	start?: number,
): string[] {
	const begin = start === undefined ? "" : `x-google-start-bitrate=${Math.round(start / 1000)}`;
	const parameters = [format, begin].filter(Boolean).join(";");
	return [
		`a=rtpmap:${payloadType} ${codec.toUpperCase()}/90000`,
		...(parameters ? [`a=fmtp:${payloadType} ${parameters}`] : []),
		...FEEDBACK.filter((name) => feedback.includes(name)).map((name) => `a=rtcp-fb:${payloadType} ${name}`),
		...(retransmission === undefined
			? []
			: [`a=rtpmap:${retransmission} rtx/90000`, `a=fmtp:${retransmission} apt=${payloadType}`]),
	];
}

function describeStream(
	{ ssrc, retransmissionSsrc }: { ssrc: number; retransmissionSsrc: number },
	name: string,
	repeats: boolean,
): string[] {
	return [
		`a=msid:${name} ${name}-video`,
		...(repeats ? [`a=ssrc-group:FID ${ssrc} ${retransmissionSsrc}`] : []),
		`a=ssrc:${ssrc} cname:${name}`,
		...(repeats ? [`a=ssrc:${retransmissionSsrc} cname:${name}`] : []),
	];
}
