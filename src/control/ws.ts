import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Dispose } from "../base/dispose.ts";
import { CLOSE, SUBPROTOCOL } from "../protocol/wire.ts";
import type { ControlContext, Role } from "./context.ts";
import { openControl } from "./socket.ts";

/** Seconds between two signs of life; who misses one is gone. */
const HEARTBEAT = 15;

/** Seconds that a client has to answer a close. */
const FAREWELL = 1;

/** WebSockets open at once, and bytes of a message. */
const LIMITS = { clients: 64, message: 1024 * 1024 } as const;

/** Control over WebSockets. It opens no port: the HTTP server hands it upgrades that its guard let through. */
export class ControlSockets implements AsyncDisposable {
	readonly #context: ControlContext;
	readonly #server: WebSocketServer;
	readonly #alive = new WeakSet<WebSocket>();
	#beat: Dispose;

	constructor(context: ControlContext) {
		this.#context = context;
		this.#server = new WebSocketServer({
			noServer: true,
			maxPayload: LIMITS.message,
			perMessageDeflate: false,
			handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
		});
		this.#beat = context.after(HEARTBEAT, () => this.#heartbeat());
	}

	/** How many are connected. */
	get size(): number {
		return this.#server.clients.size;
	}

	/** Answers an upgrade and owns the socket from then on. `role`: what the guard found it may do, if it found anything. */
	handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, role: Role | undefined): void {
		if (this.size >= LIMITS.clients) {
			socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
			return;
		}
		this.#server.handleUpgrade(request, socket, head, (client) => this.#open(client, role));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#beat();
		for (const client of this.#server.clients) client.close(CLOSE.goingAway, "The daemon ends.");
		const ended = new Promise<void>((resolve) => this.#server.close(() => resolve()));
		for (const client of this.#server.clients) this.#part(client);
		await ended;
	}

	#open(client: WebSocket, role: Role | undefined): void {
		const end = openControl(
			{
				send: (data) => client.send(data),
				buffered: () => client.bufferedAmount,
				close: (code, reason) => {
					client.close(code, reason);
					this.#part(client);
				},
			},
			this.#context,
			{ role },
		);
		this.#alive.add(client);
		client.on("pong", () => this.#alive.add(client));
		client.on("message", (data: Buffer, isBinary) => end.receive(isBinary ? data : data.toString()));
		client.on("error", () => client.terminate()); // a frame that is none, or too long
		client.on("close", () => end.closed());
	}

	/** Whoever reads too slowly does not read a farewell either. */
	#part(client: WebSocket): void {
		const stop = this.#context.after(FAREWELL, () => client.terminate());
		client.once("close", stop);
	}

	#heartbeat(): void {
		for (const client of this.#server.clients) {
			if (!this.#alive.delete(client)) client.terminate();
			else client.ping();
		}
		this.#beat = this.#context.after(HEARTBEAT, () => this.#heartbeat());
	}
}
