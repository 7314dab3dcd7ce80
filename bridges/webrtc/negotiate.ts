import { randomInt } from "node:crypto";
import type { Decision } from "./answer.ts";
import type { Codec } from "./packetise.ts";
import type { Offer, OfferedCodec, Section } from "./sdp.ts";

/** What a peer is here for: Scope's page both ways, a viewer, or a sender. */
export type Kind = "scope" | "whep" | "whip";

/** What of an offer is taken: at most one stream each way, and data channels. */
export interface Plan {
	readonly decisions: readonly Decision[];
	/** Our stream. */
	readonly sends:
		| {
				readonly section: Section;
				readonly codec: OfferedCodec;
				readonly ssrc: number;
				readonly retransmissionSsrc: number;
		  }
		| undefined;
	/** Theirs. */
	readonly receives: { readonly section: Section; readonly codec: OfferedCodec } | undefined;
	/** Their SCTP port, if there are data channels. */
	readonly sctpPort: number | undefined;
}

/** Bits per second that a camera may begin with. */
const START = 2_500_000;

/** Codecs of the sections of an offer that want a picture of us. */
export function wanted(offer: Offer): ReadonlySet<Codec> {
	const asking = offer.sections.filter(({ direction }) => direction === "recvonly" || direction === "sendrecv");
	return new Set(asking.flatMap(({ codecs }) => codecs.map(({ codec }) => codec)));
}

/**
 * Decides on each section of an offer. Throws `TypeError` if nothing is left. `codecs` that we take, and `sendable` that we
 * send, in order of preference.
 */
export function plan(
	offer: Offer,
	kind: Kind,
	codecs: readonly Codec[],
	incomingBitrate: number,
	sendable: readonly Codec[] = codecs,
): Plan {
	let sends: Plan["sends"];
	let receives: Plan["receives"];
	let sctpPort: number | undefined;
	const decisions = offer.sections.map((section, i): Decision => {
		if (section.refused || (!offer.bundled && i > 0)) return { take: "nothing" };
		if (section.kind === "application" && section.sctpPort !== undefined) {
			sctpPort ??= section.sctpPort;
			return { take: "data" };
		}
		const theirs = section.direction === "sendonly" || section.direction === "sendrecv";
		const ours = section.direction === "recvonly" || section.direction === "sendrecv";
		if (section.kind === "audio" && section.opus !== undefined && theirs) return { take: "audio" };
		const names = ours && kind !== "whip" ? sendable : codecs;
		const codec = names.flatMap((name) => section.codecs.filter(({ codec }) => codec === name))[0];
		if (section.kind !== "video" || !codec) return { take: "nothing" };
		if (ours && kind !== "whip" && !sends) {
			sends = { section, codec, ssrc: randomInt(1, 2 ** 31), retransmissionSsrc: randomInt(2 ** 31, 2 ** 32) };
		}
		if (theirs && kind !== "whep" && !receives) receives = { section, codec };
		const [sending, receiving] = [sends?.section === section, receives?.section === section];
		if (!sending && !receiving) return { take: "nothing" };
		return {
			take: "video",
			codec,
			receives: receiving,
			...(sending && sends ? { sends } : {}),
			...(receiving ? { startBitrate: Math.min(START, incomingBitrate) } : {}),
		};
	});
	if (kind === "whip" && !receives) throw new TypeError(`it sends no video in ${codecs.join(" or ").toUpperCase()}`);
	if (kind === "whep" && !sends) throw new TypeError(`it takes no video that we can send in real time`);
	if (decisions.every(({ take }) => take === "nothing")) throw new TypeError("it has nothing that we can take");
	return { decisions, sends, receives, sctpPort };
}
