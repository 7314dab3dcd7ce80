import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { App } from "./app.ts";
import { judge, type Rules, type Verdict } from "./guard.ts";

/** Answers an upgrade that the guard let through; owns the socket from then on. */
export type Upgrade = (
	incoming: IncomingMessage,
	socket: Duplex,
	head: Buffer,
	verdict: Verdict & { readonly allowed: true },
) => void;

/** Where to listen, and what with. */
export interface ListenOptions {
	/** Address: `127.0.0.1` unless the config says otherwise. */
	readonly host: string;
	/** 0 lets the system choose. */
	readonly port: number;
	/** Makes the server once its port is known. */
	readonly serve: (port: number) => { readonly app: App; readonly rules: Rules };
	/** By path: `/ws`. */
	readonly upgrades?: Readonly<Record<string, Upgrade>>;
	/** Most open connections. */
	readonly sockets?: number;
}

/** Seconds that running requests have when the server closes. */
const GRACE = 1;

/** A server that listens. */
export interface Listening extends AsyncDisposable {
	readonly port: number;
}

/** Listens. Throws `server/port-taken`, `server/address`. */
export async function listen({ host, port, serve, upgrades = {}, sockets = 512 }: ListenOptions): Promise<Listening> {
	let served: ReturnType<typeof serve> | undefined;
	const answer = getRequestListener((request, env) => app().fetch(request, env as never), { errorHandler: unreadable });
	const app = () => {
		if (!served) throw new TypeError("a request came before the server listened");
		return served.app;
	};
	const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 10_000 };
	const server = createServer(
		{ ...limits, shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket" },
		(incoming, outgoing) => void answer(incoming, outgoing), // its errors end in `unreadable`
	);
	server.maxConnections = sockets;
	server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
		if (error.code === "HPE_HEADER_OVERFLOW") end(socket, 431);
		else if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") end(socket, 408);
		else end(socket, 400);
	});
	const upgraded = new Set<Duplex>();
	server.on("upgrade", (incoming, socket, head) => {
		socket.on("error", () => socket.destroy());
		upgraded.add(socket);
		socket.once("close", () => upgraded.delete(socket));
		if (served) upgrade(incoming, socket, head, served.rules, upgrades);
	});
	await bound(server, host, port);
	const real = (server.address() as AddressInfo).port;
	served = serve(real);
	let closing: Promise<void> | undefined;
	return { port: real, [Symbol.asyncDispose]: () => (closing ??= close(server, app(), upgraded)) };
}

function bound(server: Server, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) => {
			const taken = error.code === "EADDRINUSE";
			const cause = { cause: error };
			if (taken) reject(new MutoscopeError("server/port-taken", { port }, cause));
			else reject(new MutoscopeError("server/address", { host: `${host}:${port}`, reason: reasonOf(error) }, cause));
		});
		server.listen({ host, port }, () => {
			server.removeAllListeners("error");
			server.on("error", () => {}); // a connection that could not be accepted is the client's loss, not ours
			resolve();
		});
	});
}

/** Runs the same guard as for requests. */
function upgrade(
	incoming: IncomingMessage,
	socket: Duplex,
	head: Buffer,
	rules: Rules,
	upgrades: Readonly<Record<string, Upgrade>>,
): void {
	const { headers, method = "GET", url = "" } = incoming;
	const one = (name: string) => {
		const value = headers[name];
		return Array.isArray(value) ? value.join(", ") : value;
	};
	const verdict = judge(
		{
			method,
			target: url,
			upgrade: true,
			host: headers.host,
			origin: one("origin"),
			site: one("sec-fetch-site"),
			mode: one("sec-fetch-mode"),
			dest: one("sec-fetch-dest"),
			authorization: headers.authorization,
			cookie: headers.cookie,
			remote: (socket as Partial<Socket>).remoteAddress,
		},
		rules,
	);
	const path = url.split("?", 1)[0] ?? "";
	if (!verdict.allowed) end(socket, verdict.error.status, JSON.stringify(verdict.error));
	else if (!Object.hasOwn(upgrades, path)) end(socket, 404);
	else upgrades[path]?.(incoming, socket, head, verdict);
}

/** What node-server itself cannot read: a `Host` or an address that are none. */
function unreadable(): Response {
	const error = new MutoscopeError("request/malformed", { reason: "its address or its Host header is not one" });
	return Response.json(error.toJSON(), { status: error.status });
}

function end(socket: Duplex, status: number, body = ""): void {
	if (!socket.writable) return void socket.destroy();
	const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
	socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy());
}

async function close(server: Server, app: App, upgraded: ReadonlySet<Duplex>): Promise<void> {
	app.close();
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	server.closeIdleConnections();
	const impatient = setTimeout(() => {
		server.closeAllConnections();
		for (const socket of upgraded) socket.destroy();
	}, GRACE * 1000);
	await closed;
	clearTimeout(impatient);
}
