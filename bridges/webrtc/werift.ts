import { createSecretKey } from "node:crypto";
import { networkInterfaces } from "node:os";
import {
	IceCandidate,
	parseIceServers,
	RTCDtlsFingerprint,
	RTCDtlsParameters,
	RTCDtlsTransport,
	RTCIceGatherer,
	RTCIceParameters,
	RTCIceTransport,
	RTCSctpTransport,
	type RtpHeader,
} from "werift";
import type { Credentials, RemoteParty } from "./sdp.ts";
import type { OpenTransport, Transport, TransportEvents, TransportOptions } from "./transport.ts";
import { weriftChannel } from "./werift-channel.ts";
import { numberOn, sayGoodbye } from "./werift-dtls.ts";

/** AES-128 in counter mode with HMAC-SHA1, which every browser has, after AES-128-GCM, which costs less. */
const SRTP_PROFILES = [7, 1] as const;

/** Seconds to wait for a STUN server before doing without. werift waits for 5, and the answer with it. */
const STUN_PATIENCE = 0.3;

/**
 * A transport by werift 0.25.2: the only file, with `werift-*.ts`, that knows it. Only its ICE, DTLS, SRTP and SCTP
 * are used. Its peer connection, RTP senders and receivers stay out, and with them what is wrong in them: transport-cc
 * both ways, sender reports cut to whole seconds, loss detection that stops when packet 65535 is lost, a history of 128
 * packets, feedback that is not understood. What remains to be worked around is marked below, with a test for each.
 */
export const openWerift: OpenTransport = async (options, events) => {
	const certificate = await RTCDtlsTransport.SetupCertificate();
	return new WeriftTransport(options, events, certificate);
};

class WeriftTransport implements Transport {
	readonly fingerprint: string;
	readonly #events: TransportEvents;
	readonly #options: TransportOptions;
	readonly #ice: RTCIceTransport;
	readonly #dtls: RTCDtlsTransport;
	#state: "new" | "connected" | "closed" = "new";
	#sctp: RTCSctpTransport | undefined;
	#closing: Promise<void> | undefined;

	constructor(
		options: TransportOptions,
		events: TransportEvents,
		certificate: Awaited<ReturnType<typeof RTCDtlsTransport.SetupCertificate>>,
	) {
		this.#options = options;
		this.#events = events;
		const gatherer = new RTCIceGatherer(iceOptions(options));
		// Work-around: without a STUN server werift asks a public one of a third party.
		if (!serversOf(options).stunServer) delete gatherer.connection.stunServer;
		this.#ice = new RTCIceTransport(gatherer);
		this.#dtls = new RTCDtlsTransport({}, this.#ice, certificate, [...SRTP_PROFILES]);
		const [print] = certificate.getFingerprints();
		this.fingerprint = `${print?.algorithm} ${print?.value}`;
		// Work-around: werift parses packets into classes of its own and swallows feedback it does not know, FIR among it.
		this.#dtls.startSrtp = () => this.#startSrtp();
		// Work-around: a dead peer is told of, and closed by nobody.
		this.#ice.onStateChange.subscribe((state) => {
			if (state === "failed" || state === "disconnected") this.#end(`the connection ${state}`);
		});
		this.#dtls.onStateChange.subscribe((state) => {
			if (state === "connected") this.#connected();
			if (state === "failed") this.#end("encryption could not be agreed on");
			if (state === "closed") this.#end("the other side left");
		});
	}

	get credentials(): Credentials {
		const { usernameFragment, password } = this.#ice.localParameters;
		return { ufrag: usernameFragment, pwd: password };
	}

	get candidates(): readonly string[] {
		const found = this.#ice.localCandidates.map((candidate) =>
			candidate.toJSON().candidate.replace(/^(candidate:)?/, "candidate:"),
		);
		// Work-around: werift lists the machine's own addresses though it was told to be reached by relays alone.
		return this.#options.relayOnly ? found.filter((candidate) => / typ relay\b/.test(candidate)) : found;
	}

	get roundTrip(): number | undefined {
		return this.#ice.connection.nominated?.rtt;
	}

	gather(): Promise<void> {
		return this.#ice.gather();
	}

	connect(remote: RemoteParty, dtls: "active" | "passive", sctpPort?: number): void {
		this.#ice.connection.iceControlling = remote.lite;
		this.#ice.setRemoteParams(
			new RTCIceParameters({ usernameFragment: remote.ufrag, password: remote.pwd, iceLite: remote.lite }),
		);
		const prints = remote.fingerprints.map(
			(print) => new RTCDtlsFingerprint(...(print.split(" ", 2) as [string, string])),
		);
		this.#dtls.setRemoteParams(new RTCDtlsParameters(prints, dtls === "active" ? "server" : "client"));
		this.#dtls.role = dtls === "active" ? "client" : "server";
		if (sctpPort !== undefined) this.#acceptChannels();
		void this.#connect(sctpPort).catch((error) => this.#end(String(error)));
	}

	async #connect(sctpPort: number | undefined): Promise<void> {
		// A server listens before ICE has finished here, since the other side may see it finished first and say hello.
		if (this.#dtls.role === "server") await Promise.all([this.#ice.start(), this.#dtls.start()]);
		else await this.#ice.start().then(() => this.#dtls.start());
		if (sctpPort === undefined) return;
		this.#sctp?.setRemotePort(sctpPort);
		await this.#sctp?.start(sctpPort);
	}

	#acceptChannels(): void {
		this.#sctp = new RTCSctpTransport();
		this.#sctp.setDtlsTransport(this.#dtls);
		this.#sctp.onDataChannel.subscribe((channel) => this.#events.channel(weriftChannel(channel)));
	}

	async restart(remote: Credentials): Promise<void> {
		const parameters = new RTCIceParameters({ usernameFragment: remote.ufrag, password: remote.pwd });
		this.#ice.setRemoteParams(parameters); // other credentials than before make it restart
		await this.#ice.gather();
		void this.#ice.start().catch((error) => this.#end(String(error)));
	}

	async addCandidate(candidate: string | undefined): Promise<void> {
		// Work-around: told that no more will come, werift gives up if none of them leads anywhere, though checks may yet come in.
		if (candidate === undefined) return;
		const parsed = IceCandidate.fromJSON({ candidate });
		if (parsed) await this.#ice.addRemoteCandidate(parsed);
	}

	sendRtp(ssrc: number, sequence: number, header: Buffer, payload: Buffer): void {
		if (this.#state !== "connected") return;
		// werift's own header class lays out every field bit by bit; its cipher asks for no more than this of it.
		const written = { ssrc, sequenceNumber: sequence, serializeSize: header.length, serialize: () => header };
		this.#send(this.#dtls.srtp.encrypt(payload, written as unknown as RtpHeader));
	}

	sendRtcp(compound: Buffer): void {
		if (this.#state === "connected") this.#send(this.#dtls.srtcp.encrypt(compound));
	}

	#send(packet: Buffer): void {
		this.#ice.connection.send(packet).catch(ignore);
	}

	#startSrtp(): void {
		const dtls = this.#dtls;
		if (dtls.srtpStarted) return;
		dtls.srtpStarted = true;
		dtls.updateSrtpSession();
		for (const { cipher } of [dtls.srtp.localContext, dtls.srtp.remoteContext]) hastenKeys(cipher);
		this.#ice.connection.onData.subscribe((packet) => {
			const first = packet[0] ?? 0;
			if (first < 128 || first > 191 || packet.length < 12) return;
			const type = packet[1] ?? 0;
			try {
				if (type >= 192 && type <= 223) this.#events.rtcp(dtls.srtcp.decrypt(packet));
				else this.#events.rtp(dtls.srtp.decrypt(packet));
			} catch {} // forged, damaged, or of a stream that is over
		});
	}

	#connected(): void {
		if (this.#state !== "new") return;
		this.#state = "connected";
		if (this.#dtls.dtls) numberOn(this.#dtls.dtls);
		this.#events.state("connected", "");
	}

	#end(reason: string): void {
		if (this.#state === "closed") return;
		this.#state = "closed";
		this.#events.state("closed", reason);
		void this[Symbol.asyncDispose]().catch(ignore);
	}

	[Symbol.asyncDispose](): Promise<void> {
		this.#state = "closed";
		this.#closing ??= (async () => {
			await this.#sctp?.stop();
			if (this.#dtls.dtls) await sayGoodbye(this.#dtls.dtls).catch(ignore);
			await this.#dtls.stop();
		})();
		return this.#closing;
	}
}

function iceOptions(options: TransportOptions) {
	const { relayOnly, ports } = options;
	// Without a network werift finds no address at all, and OBS or FFmpeg beside it nobody to talk to.
	const alone = !Object.values(networkInterfaces())
		.flat()
		.some((one) => one?.internal === false);
	const addresses = alone ? ["127.0.0.1", ...options.addresses] : options.addresses;
	return {
		...serversOf(options),
		stunGatherTimeout: STUN_PATIENCE,
		forceTurn: relayOnly,
		useIpv4: true,
		useIpv6: true,
		...(ports ? { portRange: [...ports] as [number, number] } : {}),
		...(addresses.length > 0 ? { additionalHostAddresses: [...addresses] } : {}),
	};
}

function serversOf({ iceServers }: TransportOptions) {
	return parseIceServers(
		iceServers.map(({ urls, username, credential }) => ({
			urls,
			...(username === undefined ? {} : { username }),
			...(credential === undefined ? {} : { credential }),
		})),
	);
}

/**
 * Turns keys from bytes to key objects: of bytes, Node 24 makes one anew for every packet, and finds by way of an exception
 * that they were none, which is a third of what sending to many costs.
 */
function hastenKeys(cipher: object): void {
	for (const name of ["srtpSessionKey", "srtpSessionAuthTag", "srtcpSessionKey", "srtcpSessionAuthTag"]) {
		const key: unknown = Reflect.get(cipher, name);
		if (key instanceof Uint8Array) Reflect.set(cipher, name, createSecretKey(key));
	}
}

function ignore(): void {}
