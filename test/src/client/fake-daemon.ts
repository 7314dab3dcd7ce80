import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type * as z from "zod";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { jsonSchemaOf, type ParamValue } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";
import { paramInfoOf } from "../../../src/protocol/info.ts";
import {
	type ClientMessage,
	clientMessage,
	type ParamInfo,
	RPC,
	type ServerMessage,
	SUBPROTOCOL,
} from "../../../src/protocol/messages.ts";

/** What tests may want of the daemon that stands in. */
export interface FakeOptions {
	/** Schemas by the address they are mounted at. */
	readonly parts: Readonly<Record<string, z.ZodObject>>;
	/** Answers calls. */
	readonly call?: (method: string, params: Record<string, unknown>) => unknown;
	/** Answers everything but the WebSocket. */
	readonly http?: (request: IncomingMessage, response: ServerResponse) => void;
	/** Whether it refuses everyone without this token. */
	readonly token?: string;
}

/** A daemon that speaks the control protocol over a real ParamStore and makes no pictures. */
export class FakeDaemon {
	readonly store = new ParamStore();
	/** Every message of every client, in order. */
	readonly heard: ClientMessage[] = [];
	readonly #options: FakeOptions;
	readonly #known = new Map<string, Set<string | number>>();
	readonly #clients = new Map<WebSocket, string>();
	#server: Server | undefined;
	#port = 0;

	constructor(options: FakeOptions) {
		this.#options = options;
		for (const [at, schema] of Object.entries(options.parts)) this.store.mount(at, jsonSchemaOf(schema));
		this.store.watch(({ values, fired, revision, origin }) => {
			for (const [socket, session] of this.#clients) {
				if (session === origin) continue;
				send(socket, { op: "values", rev: revision, values: Object.fromEntries(values) as never, fired: [...fired] });
			}
		});
		this.store.watchStructure(() => {
			for (const socket of this.#clients.keys()) {
				send(socket, { op: "tree", rev: this.store.revision, tree: this.tree(), values: this.values() as never });
			}
		});
	}

	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	/** Listens, on the same port every time. */
	async start(): Promise<this> {
		this.#server = createServer((request, response) => {
			if (this.#options.http) this.#options.http(request, response);
			else response.writeHead(404).end();
		});
		const sockets = new WebSocketServer({ server: this.#server, path: "/ws", handleProtocols: () => SUBPROTOCOL });
		sockets.on("connection", (socket) => this.#serve(socket));
		await new Promise<void>((resolve) => this.#server?.listen(this.#port, "127.0.0.1", resolve));
		this.#port = (this.#server.address() as AddressInfo).port;
		return this;
	}

	/** Dies: every connection breaks. What it knows lives on. */
	async die(): Promise<void> {
		for (const socket of this.#clients.keys()) socket.terminate();
		this.#clients.clear();
		this.#server?.closeAllConnections();
		await new Promise((resolve) => this.#server?.close(resolve));
	}

	/** Sends to everyone. */
	tell(message: ServerMessage): void {
		for (const socket of this.#clients.keys()) send(socket, message);
	}

	/** How many are connected and identified. */
	get clients(): number {
		return this.#clients.size;
	}

	tree(): ParamInfo[] {
		return this.store.list().map(paramInfoOf);
	}

	values(): Record<string, ParamValue> {
		const settable = this.store.list().filter(({ param }) => param.type !== "trigger");
		return Object.fromEntries(settable.map(({ address }) => [address, this.store.get(address)]));
	}

	#serve(socket: WebSocket): void {
		let session: string = randomUUID();
		send(socket, { op: "hello", rpc: RPC, session, authorised: !this.#options.token });
		socket.on("message", (data) => {
			const message = clientMessage.parse(JSON.parse(String(data)));
			this.heard.push(message);
			if (message.op !== "identify") return this.#obey(socket, session, message);
			if (this.#options.token && message.token !== this.#options.token) return socket.close(4009, "the token is wrong");
			const resumed = this.#known.has(message.resume?.session ?? "");
			if (resumed) session = message.resume?.session as string;
			this.#known.set(session, this.#known.get(session) ?? new Set());
			this.#clients.set(socket, session);
			const { revision: rev } = this.store;
			const values = this.values() as never;
			send(socket, { op: "identified", session, resumed, role: "admin", rev, tree: this.tree(), values });
			return undefined;
		});
		socket.on("close", () => this.#clients.delete(socket));
		socket.on("error", () => {});
	}

	#obey(socket: WebSocket, session: string, message: Exclude<ClientMessage, { op: "identify" }>): void {
		const id = message.id ?? 0;
		try {
			if (message.op === "get") {
				const value = Object.fromEntries(message.addresses.map((address) => [address, this.store.get(address)]));
				send(socket, { op: "result", id, value });
			} else if (message.op === "call") {
				const known = this.#known.get(session);
				known?.add(id);
				send(socket, { op: "result", id, value: this.#options.call?.(message.method, message.params) });
			} else if (message.op !== "subscribe") {
				const ops = message.op === "batch" ? message.ops : [message];
				const changes = ops.flatMap((op): [string, unknown][] =>
					op.op === "ramp" ? [[op.address, op.to]] : Object.entries(op.values),
				);
				const { revision: rev, clamped } = this.store.set(changes, session);
				send(socket, { op: "ack", id, rev, clamped: clamped as never });
				send(socket, { op: "applied", id, rev, session: "main", frame: rev * 2 });
			}
		} catch (error) {
			if (!(error instanceof MutoscopeError)) throw error;
			send(socket, { op: "error", id, error: { ...error.toJSON() } });
		}
	}
}

function send(socket: WebSocket, message: ServerMessage): void {
	if (socket.readyState === 1) socket.send(JSON.stringify(message));
}
