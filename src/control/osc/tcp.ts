import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { AllowList } from "./allow.ts";
import { Deframer, frame } from "./framing.ts";
import type { OscIntake } from "./intake.ts";
import { Peer } from "./peer.ts";

/** How many connections there may be at once. */
const CONNECTIONS = 32;

/** Bytes that may wait for a slow reader before values are held back. */
const WAITING = 256 * 1024;

/** Seconds that a reader may be slow before it is cut off. */
const PATIENCE = 5;

/** Listens for connections that carry OSC, framed as SLIP or by length; answers go back the same way. */
export class OscTcp implements AsyncDisposable {
	readonly #server: Server;
	readonly #intake: OscIntake;
	readonly #allow: AllowList;
	readonly #sockets = new Set<Socket>();
	/** Connections of machines that may not talk to us, and those above what we hold. */
	strangers = 0;

	private constructor(server: Server, intake: OscIntake, allow: AllowList) {
		this.#server = server;
		this.#intake = intake;
		this.#allow = allow;
		server.on("connection", (socket) => this.#take(socket));
	}

	/** Listens. Rejects as the system does: `EADDRINUSE` … */
	static async open(host: string, port: number, intake: OscIntake, allow: AllowList): Promise<OscTcp> {
		const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
		const listening = new OscTcp(server, intake, allow);
		server.listen(port, host);
		await once(server, "listening");
		server.on("error", () => {}); // of one connection that could not be accepted
		return listening;
	}

	/** The port it listens on. */
	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		if (!this.#server.listening) return;
		this.#server.close();
		await once(this.#server, "close");
	}

	#take(socket: Socket): void {
		const { remoteAddress = "", remotePort } = socket;
		if (!this.#allow.has(remoteAddress) || this.#sockets.size >= CONNECTIONS) {
			this.strangers++;
			socket.destroy();
			return;
		}
		const reply = (packet: Uint8Array) => {
			socket.write(frame(packet, deframer.framing ?? "slip"));
		};
		const ready = () => socket.writableLength < WAITING;
		const peer = new Peer({ origin: `osc:tcp:${remoteAddress}:${remotePort}`, reply, ready });
		const deframer = new Deframer((packet) => this.#intake.receive(packet, peer));
		this.#sockets.add(socket);
		socket.on("data", (bytes) => {
			if (deframer.push(bytes) === undefined) return;
			this.#intake.counts.malformed++;
			socket.destroy();
		});
		// Idle both ways is fine; a write that does not get through is not.
		socket.setTimeout(PATIENCE * 1000, () => {
			if (socket.writableLength > 0) socket.destroy();
		});
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			this.#sockets.delete(socket);
			this.#intake.gone(peer.origin);
		});
	}
}
