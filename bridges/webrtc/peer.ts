import { monotonic } from "mutoscope/sdk";
import { MID, PLAYOUT_DELAY, writeAnswer } from "./answer.ts";
import type { Feed } from "./feed.ts";
import { Inbound } from "./inbound.ts";
import type { Kind, Plan } from "./negotiate.ts";
import { Outbound } from "./outbound.ts";
import type { Receiver } from "./receive.ts";
import { type Feedback, goodbye, parseRtcp } from "./rtcp.ts";
import { parseRtp } from "./rtp.ts";
import type { Credentials, Offer } from "./sdp.ts";
import { writeFragment } from "./sdpfrag.ts";
import type { DataChannel, Transport } from "./transport.ts";

/** Seconds until an offer that was answered must have become a connection. */
const CONNECT = 30;
/** Seconds without a word from a viewer after which it is taken for gone. */
const SILENCE = 12;
/** Frames are shown as soon as they come: 12 bits least and 12 bits most, in units of 10 ms. */
const AT_ONCE = Buffer.of(0, 0, 0);

/** What a peer is given. */
export interface PeerOptions {
	readonly id: string;
	readonly session: string;
	readonly kind: Kind;
	readonly offer: Offer;
	readonly plan: Plan;
	/** Where its picture comes from, once it is connected. */
	feed(): Feed;
	/** Makes what takes in its video. `restart` makes the sender begin anew. */
	receiver(restart: () => void): Receiver;
	/** Bits per second asked of it, at most. */
	readonly incomingBitrate: number;
	/** Opens its transport. */
	transport(events: {
		state: Peer["onState"];
		rtp: Peer["onRtp"];
		rtcp: Peer["onRtcp"];
		channel: Peer["onChannel"];
	}): Promise<Transport>;
	channel(channel: DataChannel): void;
	/** It is connected, or gone for good. */
	changed(state: "connected" | "closed", reason: string): void;
}

/** One connection: a viewer, a sender, or both, with its data channels. */
export class Peer implements AsyncDisposable {
	readonly id: string;
	readonly session: string;
	readonly kind: Kind;
	readonly #options: PeerOptions;
	readonly #name = "mutoscope";
	readonly #began = monotonic();
	#transport: Transport | undefined;
	#state: "connecting" | "connected" | "closed" = "connecting";
	#heard = 0;
	#outbound: Outbound | undefined;
	#feed: Feed | undefined;
	#inbound: Inbound | undefined;
	#receiver: Receiver | undefined;
	#remote: Credentials;
	#generation = 0;
	#restarting: Promise<unknown> = Promise.resolve();

	constructor(options: PeerOptions) {
		this.#options = options;
		this.id = options.id;
		this.session = options.session;
		this.kind = options.kind;
		this.#remote = options.offer;
	}

	/** The other side's ICE credentials; they change with each restart. */
	get remote(): Credentials {
		return this.#remote;
	}

	/** Changes with each ICE restart. */
	get etag(): string {
		return `${this.id}-${this.#generation}`;
	}

	get state(): "connecting" | "connected" | "closed" {
		return this.#state;
	}

	/** The stream it is sent, while connected. */
	get outbound(): Outbound | undefined {
		return this.#outbound;
	}

	/** What takes in its video, while connected. */
	get receiver(): Receiver | undefined {
		return this.#receiver;
	}

	/** Finds out how we are reached, begins to connect, and returns the answer. */
	async answer(): Promise<string> {
		const { offer, plan } = this.#options;
		const transport = await this.#options.transport({
			state: this.onState,
			rtp: this.onRtp,
			rtcp: this.onRtcp,
			channel: this.onChannel,
		});
		this.#transport = transport;
		await transport.gather();
		// As the server we need not wait, whereas werift's client pauses for 100 ms before it says hello.
		const setup = offer.setup === "passive" ? "active" : "passive";
		transport.connect(offer, setup, plan.sctpPort);
		this.addCandidates(offer.candidates, offer.complete);
		const { credentials, fingerprint, candidates } = transport;
		return writeAnswer(offer, plan.decisions, { ...credentials, fingerprint, setup, candidates, name: this.#name });
	}

	/** Further ways to reach it. Names in the local network are looked up in the background. */
	addCandidates(candidates: readonly string[], complete: boolean): void {
		const added = candidates.map((candidate) => this.#transport?.addCandidate(candidate));
		// A candidate that leads nowhere is as good as none.
		void Promise.allSettled(added).then(() => (complete ? this.#transport?.addCandidate(undefined) : undefined));
	}

	/** Starts ICE again and returns the fragment that tells our side. */
	restart(remote: Credentials): Promise<string> {
		const restarted = this.#restarting.then(() => this.#restart(remote));
		this.#restarting = restarted.catch(() => {});
		return restarted;
	}

	async #restart(remote: Credentials): Promise<string> {
		const transport = this.#transport;
		if (!transport) throw new TypeError("a peer was restarted before it was answered");
		await transport.restart(remote);
		this.#remote = remote;
		this.#generation++;
		const { offer, plan } = this.#options;
		const taken = offer.sections.filter((_, i) => plan.decisions[i]?.take !== "nothing");
		const [first] = taken;
		const { kind = "video", protocol = "UDP/TLS/RTP/SAVPF", mid = "0", formats = [] } = first ?? {};
		const format = formats[0] ?? "0";
		return writeFragment(
			{ kind, protocol, format, mid },
			taken.map(({ mid }) => mid),
			transport.credentials,
			transport.candidates,
		);
	}

	/** To be called every few milliseconds. */
	tick(now: number): void {
		this.#inbound?.tick();
		if (this.#state === "connecting" && now - this.#began > CONNECT) this.end("it never connected");
		if (this.#state === "connected" && this.#outbound && now - this.#heard > SILENCE) this.end("it fell silent");
	}

	/** Ends it for a reason. */
	end(reason: string): void {
		if (this.#state === "closed") return;
		this.#state = "closed";
		if (this.#outbound) this.#feed?.remove(this.#outbound);
		this.#outbound?.[Symbol.dispose]();
		this.#options.changed("closed", reason);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.end("closed");
		this.#sayGoodbye();
		await this.#receiver?.[Symbol.asyncDispose]();
		await this.#transport?.[Symbol.asyncDispose]();
	}

	readonly onState = (state: "connected" | "closed", reason: string): void => {
		if (state === "closed") this.end(reason);
		if (this.#state !== "connecting") return;
		this.#state = "connected";
		this.#heard = monotonic();
		this.#receive();
		this.#send();
		this.#options.changed("connected", reason);
	};

	readonly onRtp = (packet: Buffer): void => {
		const parsed = parseRtp(packet);
		if (parsed) this.#inbound?.packet(parsed);
	};

	readonly onRtcp = (compound: Buffer): void => {
		this.#heard = monotonic();
		for (const said of parseRtcp(compound)) this.#feedback(said);
	};

	readonly onChannel = (channel: DataChannel): void => this.#options.channel(channel);

	#sayGoodbye(): void {
		const { sends } = this.#options.plan;
		if (!this.#outbound || !sends) return;
		const streams = [sends.ssrc, ...(sends.codec.retransmission === undefined ? [] : [sends.retransmissionSsrc])];
		this.#transport?.sendRtcp(goodbye(sends.ssrc, streams, this.#name));
	}

	#feedback(said: Feedback): void {
		// Of one that sends, too, it may be its own stream that ends: a camera that is changed.
		if (said.type === "bye" && !this.#inbound) this.end("it said goodbye");
		this.#outbound?.feedback(said);
		this.#inbound?.feedback(said);
	}

	#send(): void {
		const { sends } = this.#options.plan;
		if (!sends) return;
		const { section, codec, ssrc, retransmissionSsrc } = sends;
		const feed = this.#options.feed();
		const outbound = new Outbound({
			ssrc,
			payloadType: codec.payloadType,
			retransmission:
				codec.retransmission === undefined
					? undefined
					: { ssrc: retransmissionSsrc, payloadType: codec.retransmission },
			extensions: extensionsOf(section.extensions, section.mid),
			name: this.#name,
			bitrate: feed.best,
			roundTrip: this.#transport?.roundTrip,
			now: monotonic,
			wall: () => Date.now() / 1000,
			sendRtp: (...packet) => this.#transport?.sendRtp(...packet),
			sendRtcp: (compound) => this.#transport?.sendRtcp(compound),
			keyFrame: () => feed.demandKey(outbound),
		});
		this.#outbound = outbound;
		this.#feed = feed;
		feed.add(outbound, codec.codec);
	}

	#receive(): void {
		const { receives } = this.#options.plan;
		if (!receives) return;
		const { codec, payloadType, retransmission } = receives.codec;
		const receiver = this.#options.receiver(() => this.#inbound?.restart());
		this.#receiver = receiver;
		this.#inbound = new Inbound({
			codec,
			payloadType,
			retransmission,
			ssrc: this.#options.plan.sends?.ssrc ?? 1,
			name: this.#name,
			bitrate: this.#options.incomingBitrate,
			now: monotonic,
			sendRtcp: (compound) => this.#transport?.sendRtcp(compound),
			frame: (frame, arrived) => receiver.push(frame, arrived),
		});
	}
}

function extensionsOf(offered: ReadonlyMap<string, number>, mid: string): Map<number, Uint8Array> {
	const values: [string, Uint8Array][] = [
		[MID, Buffer.from(mid, "utf8").subarray(0, 16)],
		[PLAYOUT_DELAY, AT_ONCE],
	];
	return new Map(
		values.flatMap(([uri, value]): [number, Uint8Array][] => {
			const id = offered.get(uri);
			return id !== undefined && id > 0 && id < 15 && value.length > 0 ? [[id, value]] : [];
		}),
	);
}
