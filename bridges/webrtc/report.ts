import { monotonic } from "mutoscope/sdk";
import type { Feed } from "./feed.ts";
import type { Peer } from "./peer.ts";
import type { Peers } from "./peers.ts";

/** Figures of each session, for panel and metrics: times in seconds, rates in bits per second. */
export function report(peers: Peers): Record<string, unknown> {
	return Object.fromEntries([...peers.sessions].map(([session, { feed, peers }]) => [session, figures(feed, peers)]));
}

function figures(feed: Feed | undefined, peers: readonly Peer[]): Record<string, unknown> {
	const outbound = peers.flatMap(({ outbound }) => (outbound ? [outbound] : []));
	const trips = outbound.flatMap(({ roundTrip }) => (roundTrip === undefined ? [] : [roundTrip])).sort((a, b) => a - b);
	const receivers = peers.flatMap(({ receiver }) => (receiver ? [receiver] : []));
	return {
		peers: peers.length,
		viewers: outbound.length,
		...feed?.shown.report(monotonic()),
		sending: outbound.reduce((sum, { sending }) => sum + sending, 0),
		repeated: outbound.reduce((sum, { repeated }) => sum + repeated, 0),
		loss: Math.max(0, ...outbound.map(({ link }) => link.loss)),
		...(trips.length > 0 ? { roundTrip: trips[Math.floor(trips.length / 2)] } : {}),
		encodes: (feed?.streams ?? []).map(({ codec, viewers, encoding }) => ({
			codec,
			viewers: viewers.size,
			width: encoding?.size.width ?? 0,
			height: encoding?.size.height ?? 0,
			bitrate: encoding?.bitrate ?? 0,
		})),
		senders: receivers.map(({ codec, size, decoded }) => ({ codec, size, decoded })),
	};
}
