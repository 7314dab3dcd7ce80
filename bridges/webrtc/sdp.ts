import type { Codec } from "./packetise.ts";

/** ICE user fragment and password of one side. */
export interface Credentials {
	readonly ufrag: string;
	readonly pwd: string;
}

/** How the other side is reached and known. */
export interface RemoteParty extends Credentials {
	/** Certificate fingerprints, as `sha-256 AA:BB…`. */
	readonly fingerprints: readonly string[];
	/** Which end of DTLS it wants to be. */
	readonly setup: "active" | "passive" | "actpass";
	/** Whether it only answers connectivity checks (ICE lite). */
	readonly lite: boolean;
}

/** A codec as offered, with what belongs to it. */
export interface OfferedCodec {
	readonly codec: Codec;
	readonly payloadType: number;
	/** Payload type of its retransmissions (RFC 4588). */
	readonly retransmission?: number;
	/** The parameters of its `fmtp` line. */
	readonly format: string;
	/** `nack`, `nack pli`, `ccm fir`, `goog-remb` … */
	readonly feedback: readonly string[];
}

/** A section of an offer: one stream in one or both directions, or the data channels. */
export interface Section {
	readonly kind: string;
	readonly mid: string;
	readonly protocol: string;
	readonly formats: readonly string[];
	/** As the offerer sees it. */
	readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
	/** Whether it is refused already, by port 0, or lies outside of the bundle. */
	readonly refused: boolean;
	/** Those we know, in the order of the offer. */
	readonly codecs: readonly OfferedCodec[];
	/** Payload type of Opus. */
	readonly opus?: number;
	/** Ids of header extensions by URI. */
	readonly extensions: ReadonlyMap<string, number>;
	/** The stream the offerer sends, and its retransmissions. */
	readonly ssrc?: number;
	readonly retransmissionSsrc?: number;
	/** Port of SCTP in a section of data channels. */
	readonly sctpPort?: number;
}

/** What an offer says. */
export interface Offer extends RemoteParty {
	readonly sections: readonly Section[];
	/** Whether all sections share one transport. */
	readonly bundled: boolean;
	/** Lines `candidate:…` that came with it. */
	readonly candidates: readonly string[];
	/** Whether there will be no more candidates. */
	readonly complete: boolean;
}

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

/** Reads an offer. Throws `TypeError` saying what is missing. */
export function parseOffer(sdp: string): Offer {
	const [session = [], ...media] = blocks(sdp);
	if (media.length === 0) throw new TypeError("it has no media sections");
	const group = values(session, "group:BUNDLE ")[0]?.split(" ");
	const sections = media.map((lines, i) => parseSection(lines, session, String(i), group));
	const live = media[sections.findIndex((section) => !section.refused)] ?? media[0] ?? [];
	// Older senders put these at session level, others repeat them in every section.
	const find = (name: string) => values(live, name)[0] ?? values(session, name)[0];
	const [ufrag, pwd] = [find("ice-ufrag:"), find("ice-pwd:")];
	if (!ufrag || !pwd) throw new TypeError("it has no ICE credentials");
	const fingerprints = [...new Set([...values(live, "fingerprint:"), ...values(session, "fingerprint:")])];
	if (fingerprints.length === 0) throw new TypeError("it has no certificate fingerprint");
	const setup = find("setup:");
	return {
		ufrag,
		pwd,
		fingerprints,
		setup: setup === "active" || setup === "passive" ? setup : "actpass",
		lite: session.includes("a=ice-lite"),
		sections,
		bundled: group !== undefined,
		candidates: live.filter((line) => line.startsWith("a=candidate:")).map((line) => line.slice(2)),
		complete: live.includes("a=end-of-candidates"),
	};
}

/** The lines of each part: the session's, then those of each media section, beginning with its `m=`. */
export function blocks(sdp: string): string[][] {
	const parts: string[][] = [[]];
	for (const line of sdp.split(/\r\n|\r|\n/)) {
		if (line.startsWith("m=")) parts.push([]);
		if (line) parts.at(-1)?.push(line);
	}
	return parts;
}

/** What follows `a=<name>` on each line that has it. */
export function values(lines: readonly string[], name: string): string[] {
	const prefix = `a=${name}`;
	return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length).trim());
}

function parseSection(lines: string[], session: string[], index: string, group: string[] | undefined): Section {
	const [kind = "", port = "0", protocol = "", ...formats] = (lines[0] ?? "").slice(2).split(" ");
	const mid = values(lines, "mid:")[0] ?? index;
	const direction = DIRECTIONS.find((name) => lines.includes(`a=${name}`) || session.includes(`a=${name}`));
	const [ssrc, retransmissionSsrc] = sources(lines);
	const opus = values(lines, "rtpmap:").find((map) => / opus\/48000/i.test(map));
	const sctpPort = values(lines, "sctp-port:")[0];
	return {
		kind,
		mid,
		protocol,
		formats,
		direction: direction ?? "sendrecv",
		refused: (port === "0" && !lines.includes("a=bundle-only")) || (group !== undefined && !group.includes(mid)),
		codecs: kind === "video" ? codecs(lines, formats) : [],
		extensions: new Map(values(lines, "extmap:").map(extension)),
		...(opus ? { opus: Number.parseInt(opus, 10) } : {}),
		...(ssrc === undefined ? {} : { ssrc }),
		...(retransmissionSsrc === undefined ? {} : { retransmissionSsrc }),
		...(sctpPort ? { sctpPort: Number(sctpPort) } : {}),
	};
}

function extension(line: string): [string, number] {
	const [id = "", uri = ""] = line.split(" ");
	return [uri, Number.parseInt(id, 10)];
}

function sources(lines: string[]): (number | undefined)[] {
	const pair = values(lines, "ssrc-group:FID ")[0]?.split(" ").map(Number);
	return pair ?? [...new Set(values(lines, "ssrc:").map((line) => Number.parseInt(line, 10)))].slice(0, 1);
}

function codecs(lines: string[], formats: readonly string[]): OfferedCodec[] {
	const format = new Map(values(lines, "fmtp:").map(split));
	const maps = values(lines, "rtpmap:").map(split);
	const ordered = formats.flatMap((type) => maps.filter(([id]) => id === type));
	const feedback = values(lines, "rtcp-fb:").map(split);
	const repeats = new Map<string, number>();
	for (const [id, name] of ordered) {
		const apt = /apt=(\d+)/.exec(format.get(id) ?? "")?.[1];
		if (/^rtx\//i.test(name) && apt) repeats.set(apt, Number(id));
	}
	return ordered.flatMap(([id, name]) => {
		const codec = /^(h264|vp8|vp9|av1)\/90000/i.exec(name)?.[1]?.toLowerCase() as Codec | undefined;
		const parameters = format.get(id) ?? "";
		if (!codec || !fits(codec, parameters)) return [];
		const retransmission = repeats.get(id);
		return {
			codec,
			payloadType: Number(id),
			format: parameters,
			feedback: feedback.filter(([type]) => type === id || type === "*").map(([, name]) => name),
			...(retransmission === undefined ? {} : { retransmission }),
		};
	});
}

/** Whether it is what we make: H.264 in fragments, VP9 and AV1 of 8 bits and 4:2:0, which is profile 0 and the default. */
function fits(codec: Codec, parameters: string): boolean {
	if (codec === "h264") return /packetization-mode=1/.test(parameters);
	const profile = { vp8: undefined, vp9: /profile-id=(\d+)/, av1: /profile=(\d+)/ }[codec]?.exec(parameters)?.[1];
	return (profile ?? "0") === "0";
}

function split(line: string): [string, string] {
	const at = line.indexOf(" ");
	return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
