import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { AllowList } from "./allow.ts";
import type { OscIntake } from "./intake.ts";
import { Budget, Peer } from "./peer.ts";

/** Bytes that the system holds for us while we are busy: 20,000 messages a second for most of a second. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** How many senders are remembered. */
const PEERS = 1024;

/** Listens for datagrams. */
export class OscUdp implements AsyncDisposable {
	readonly #socket: Socket;
	readonly #intake: OscIntake;
	readonly #allow: AllowList;
	readonly #peers = new Map<string, Peer>();
	readonly #budgets = new Map<string, Budget>();
	#closed = false;
	/** Datagrams of machines that may not talk to us. */
	strangers = 0;

	private constructor(socket: Socket, intake: OscIntake, allow: AllowList) {
		this.#socket = socket;
		this.#intake = intake;
		this.#allow = allow;
		socket.on("message", (bytes, from) => this.#take(bytes, from));
		socket.on("error", () => {}); // of one datagram that could not be sent; the socket lives on
	}

	/** Binds the socket. Rejects as the system does: `EADDRINUSE` … */
	static async open(host: string, port: number, intake: OscIntake, allow: AllowList): Promise<OscUdp> {
		const socket = createSocket({ type: isIPv6(host) ? "udp6" : "udp4" });
		try {
			socket.bind(port, host);
			await once(socket, "listening");
		} catch (error) {
			socket.close();
			throw error;
		}
		try {
			socket.setRecvBufferSize(RECEIVE_BUFFER);
		} catch {} // the system's own size, then
		return new OscUdp(socket, intake, allow);
	}

	/** The port it listens on. */
	get port(): number {
		return this.#socket.address().port;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		this.#socket.close();
		await once(this.#socket, "close");
	}

	#take(bytes: Buffer, { address, port }: RemoteInfo): void {
		if (!this.#allow.has(address)) {
			this.strangers++;
			return;
		}
		const origin = `osc:udp:${address}:${port}`;
		this.#intake.receive(bytes, this.#peers.get(origin) ?? this.#peer(origin, address, port));
	}

	#peer(origin: string, address: string, port: number): Peer {
		const to = (to: number) => (packet: Uint8Array) => {
			if (!this.#closed) this.#socket.send(packet, to, address);
		};
		const [oldest] = this.#peers.keys();
		if (this.#peers.size >= PEERS && oldest !== undefined) this.#peers.delete(oldest);
		if (this.#budgets.size >= PEERS) this.#budgets.clear();
		const budget = this.#budgets.get(address) ?? new Budget();
		this.#budgets.set(address, budget);
		const peer = new Peer({ origin, reply: to(port), to, budget });
		this.#peers.set(origin, peer);
		return peer;
	}
}
