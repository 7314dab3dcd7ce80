import { randomUUID } from "node:crypto";
import { MutoscopeError, monotonic, reasonOf, type ServiceContext } from "mutoscope/sdk";
import { fitSize } from "./bitrate.ts";
import { Channels } from "./channel.ts";
import type { IceServer, WebRtcConfig } from "./config.ts";
import { Feed } from "./feed.ts";
import { type Kind, plan, wanted } from "./negotiate.ts";
import type { Codec } from "./packetise.ts";
import { Peer } from "./peer.ts";
import { RealTime } from "./real-time.ts";
import { Receiver } from "./receive.ts";
import { type Offer, parseOffer } from "./sdp.ts";
import type { OpenTransport } from "./transport.ts";

/** Milliseconds between two looks at every feed and peer, and at what senders have lost. */
const SLOW = 250;
const FAST = 10;
/** What every machine encodes in time; all else is measured. */
const CHEAP: ReadonlySet<Codec> = new Set(["h264", "vp8"]);
/** Seconds to wait for the first frame of a session, to know its size. */
const FIRST = 1;
/** Frames a second of a session that nobody watches yet. */
const USUAL_FPS = 30;
/** Mb/s to bits per second. */
const MEGA = 1_000_000;

/** All connections of the service, and the feeds they watch. */
export class Peers implements AsyncDisposable {
	readonly channels: Channels;
	readonly #config: WebRtcConfig;
	readonly #context: ServiceContext;
	readonly #open: OpenTransport;
	readonly #realTime = new RealTime();
	readonly #peers = new Map<string, Peer>();
	readonly #feeds = new Map<string, Feed>();
	readonly #closing = new Set<Promise<unknown>>();
	readonly #slow: NodeJS.Timeout;
	#fast: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(config: WebRtcConfig, context: ServiceContext, open: OpenTransport) {
		this.#config = config;
		this.#context = context;
		this.#open = open;
		this.channels = new Channels((event) => context.emit("channel", event));
		this.#slow = setInterval(() => this.#tick(), SLOW);
	}

	/** Takes on a peer and answers its offer. Throws `session/unknown`, `webrtc/invalid-offer`, `webrtc/busy`. */
	async offer(
		session: string,
		sdp: string,
		kind: Kind,
		iceServers: readonly IceServer[],
	): Promise<{ peer: Peer; sdp: string }> {
		if (this.#closed || this.#peers.size >= this.#config.maxPeers) {
			throw new MutoscopeError("webrtc/busy", { reason: `there are ${this.#peers.size} connections already` });
		}
		const { maxBitrate, codecs } = this.#config;
		const offered = understand(() => parseOffer(sdp));
		const sendable = await this.#sendable(session, offered);
		const decided = understand(() => plan(offered, kind, codecs, maxBitrate * MEGA, sendable));
		if (decided.sends) (await this.#context.output(session)).close(); // so that an unknown session is refused at once
		const id = randomUUID();
		const peer = new Peer({
			id,
			session,
			kind,
			offer: offered,
			plan: decided,
			incomingBitrate: maxBitrate * MEGA,
			feed: () => this.#feed(session),
			receiver: (restart) => this.#receiver(session, decided.receives?.codec.codec ?? "h264", restart),
			transport: (events) => this.#open({ ...this.#config, iceServers }, events),
			channel: (channel) => this.channels.add(id, session, channel),
			changed: (state, reason) => this.#changed(peer, state, reason),
		});
		this.#peers.set(id, peer);
		try {
			return { peer, sdp: await peer.answer() };
		} catch (error) {
			peer.end(reasonOf(error));
			throw error;
		}
	}

	/** Throws `webrtc/unknown-peer`. */
	find(id: string): Peer {
		const peer = this.#peers.get(id);
		if (!peer) throw new MutoscopeError("webrtc/unknown-peer", { peer: id });
		return peer;
	}

	/** Peers and feeds of each session. */
	get sessions(): Map<string, { readonly feed: Feed | undefined; readonly peers: readonly Peer[] }> {
		const names = new Set([...this.#peers.values()].map(({ session }) => session));
		const of = (name: string) => [...this.#peers.values()].filter(({ session }) => session === name);
		return new Map([...names].map((name) => [name, { feed: this.#feeds.get(name), peers: of(name) }]));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#closed = true;
		clearInterval(this.#slow);
		clearInterval(this.#fast);
		for (const peer of [...this.#peers.values()]) peer.end("the daemon closes its connections");
		await Promise.all(this.#closing);
	}

	/** What may be sent to who makes this offer: a costly codec only if it takes no other and this machine keeps up. */
	async #sendable(session: string, offer: Offer): Promise<Codec[]> {
		const taken = wanted(offer);
		const sendable: Codec[] = [];
		for (const codec of this.#config.codecs) {
			if (!taken.has(codec) || sendable.some((before) => taken.has(before))) continue;
			if (CHEAP.has(codec) || (await this.#holds(codec, session))) sendable.push(codec);
		}
		return sendable;
	}

	async #holds(codec: Codec, session: string): Promise<boolean> {
		const { maxWidth: width, maxHeight: height } = this.#config;
		using reader = await this.#context.output(session);
		using frame = await reader.next(AbortSignal.timeout(FIRST * 1000)).catch(() => undefined);
		const fps = this.#feeds.get(session)?.shown.fps || USUAL_FPS;
		return this.#realTime.holds(codec, fitSize(frame?.size ?? { width, height }, { width, height }), fps);
	}

	#feed(session: string): Feed {
		const found = this.#feeds.get(session);
		if (found) return found;
		const { maxWidth, maxHeight, maxBitrate } = this.#config;
		const feed = new Feed({
			open: () => this.#context.output(session),
			most: { width: maxWidth, height: maxHeight },
			bitrate: maxBitrate * MEGA,
			log: this.#context.log.with({ session }),
			ended: (reason) => this.#end(session, reason),
		});
		this.#feeds.set(session, feed);
		return feed;
	}

	#receiver(session: string, codec: Codec, restart: () => void): Receiver {
		this.#fast ??= setInterval(() => this.#tickPeers(), FAST);
		const log = this.#context.log.with({ session });
		// Of several senders the last to come is seen; the one before takes over again when it leaves.
		const input = async () => {
			const last = [...this.#peers.values()].findLast((peer) => peer.session === session && peer.receiver);
			if (last?.receiver !== receiver) throw new MutoscopeError("webrtc/busy", { reason: "another sender came later" });
			return this.#context.input(session);
		};
		const receiver = new Receiver({ codec, input, log, restart, now: monotonic });
		return receiver;
	}

	#end(session: string, reason: string): void {
		for (const peer of [...this.#peers.values()]) if (peer.session === session && peer.outbound) peer.end(reason);
	}

	#changed(peer: Peer, state: "connected" | "closed", reason: string): void {
		const { id, session, kind } = peer;
		this.#context.emit("peer", { peer: id, session, kind, state, reason });
		this.#context.log.debug(`a peer is ${state}`, { peer: id, session, kind, reason });
		if (state !== "closed") return;
		this.#peers.delete(id);
		this.#close(peer);
		const feed = this.#feeds.get(session);
		if (feed?.viewers === 0) {
			this.#feeds.delete(session);
			this.#close(feed);
		}
		if (![...this.#peers.values()].some(({ receiver }) => receiver)) {
			clearInterval(this.#fast);
			this.#fast = undefined;
		}
	}

	#close(owned: AsyncDisposable): void {
		const closed = Promise.resolve(owned[Symbol.asyncDispose]()).catch((error: unknown) => {
			this.#context.log.warn("a connection did not close well", { reason: reasonOf(error) });
		});
		this.#closing.add(closed);
		void closed.finally(() => this.#closing.delete(closed));
	}

	#tick(): void {
		for (const feed of this.#feeds.values()) feed.tick();
		if (!this.#fast) this.#tickPeers();
	}

	#tickPeers(): void {
		const now = monotonic();
		for (const peer of [...this.#peers.values()]) peer.tick(now);
	}
}

function understand<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw new MutoscopeError("webrtc/invalid-offer", { reason: reasonOf(error) }, { cause: error });
	}
}
