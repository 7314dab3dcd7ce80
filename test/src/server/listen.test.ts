import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createApp } from "../../../src/server/app.ts";
import { rulesOf } from "../../../src/server/guard.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import { Tokens } from "../../../src/server/tokens.ts";
import { peer } from "../../peers.ts";
import { FakeBackend, quiet, SECRET } from "./fake.ts";

const ffprobe = peer("ffprobe");

let backend: FakeBackend;
let server: Listening;
let roles: (string | undefined)[];
const sockets = new WebSocketServer({ noServer: true });

const start = (port = 0) =>
	listen({
		host: "127.0.0.1",
		port,
		serve: (real) => {
			const rules = rulesOf({ port: real, tokens: new Tokens(SECRET) });
			return { rules, app: createApp({ backend, rules, ui: "/nowhere", log: quiet }) };
		},
		upgrades: {
			"/ws": (incoming, socket, head, { role }) => {
				roles.push(role);
				sockets.handleUpgrade(incoming, socket, head, (ws) => ws.send("hello"));
			},
		},
	});

beforeEach(async () => {
	backend = new FakeBackend();
	roles = [];
	server = await start();
});
afterEach(async () => {
	for (const client of sockets.clients) client.terminate();
	await server[Symbol.asyncDispose]();
	backend[Symbol.dispose]();
});

const bearer = { authorization: `Bearer ${SECRET}` };

/** Sends bytes, and returns all that comes back until the other side ends. */
async function raw(bytes: string): Promise<string> {
	const socket = connect(server.port, "127.0.0.1");
	let answer = "";
	socket.on("data", (data) => {
		answer += data.toString("latin1");
	});
	socket.on("error", () => {});
	socket.end(bytes);
	await once(socket, "close");
	return answer;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

test("it answers on the port it found", async () => {
	const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/status`, { headers: bearer });
	expect(response.status).toBe(200);
});

test("a port that is taken is a clear error", async () => {
	const other = createServer().listen(0, "127.0.0.1");
	await once(other, "listening");
	const { port } = other.address() as AddressInfo;
	await expect(start(port)).rejects.toMatchObject({ code: "server/port-taken", details: { port } });
	other.close();
});

test("an address that is not this machine's is a clear error", async () => {
	const serve = () => expect.unreachable();
	await expect(listen({ host: "192.0.2.1", port: 0, serve })).rejects.toMatchObject({ code: "server/address" });
});

describe("malformed requests", () => {
	const own = (): string => `Host: 127.0.0.1:${server.port}\r\n`;
	test.each([
		["no Host", (): string => "GET / HTTP/1.1\r\n\r\n", [400]],
		["no Host in HTTP/1.0", (): string => "GET /health HTTP/1.0\r\n\r\n", [400, 421]],
		[
			"two Hosts",
			(): string => `GET /health HTTP/1.1\r\n${own()}Host: evil.example\r\nConnection: close\r\n\r\n`,
			[400, 421],
		],
		["a Host with spaces", (): string => "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", [400, 421]],
		["a Host of brackets", (): string => "GET / HTTP/1.1\r\nHost: [[[\r\nConnection: close\r\n\r\n", [400, 421]],
		[
			"a Host that is another",
			(): string => "GET /health HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n",
			[421],
		],
		[
			"an absolute address of another",
			(): string => "GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
			[421],
		],
		[
			"an absolute address, with our Host",
			(): string => `GET http://[/health HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`,
			[400],
		],
		["two slashes", (): string => `GET //evil.example/ HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`, [404]],
		["a backslash", (): string => `GET \\\\evil HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`, [400, 404]],
		["an asterisk", (): string => `OPTIONS * HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`, [204, 400, 404]],
		["CONNECT", (): string => `CONNECT evil.example:443 HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`, [0, 400, 404]],
		["no HTTP", (): string => "\u0016\u0003\u0001 hello\r\n\r\n", [400]],
		["a header without a name", (): string => `GET / HTTP/1.1\r\n${own()}: x\r\n\r\n`, [400]],
		["a large header", (): string => `GET / HTTP/1.1\r\n${own()}X: ${"x".repeat(20_000)}\r\n\r\n`, [431]],
		["many headers", (): string => `GET / HTTP/1.1\r\n${own()}${"X: y\r\n".repeat(5000)}\r\n`, [431]],
		[
			"a length and chunks",
			(): string =>
				`POST /api/v1/login HTTP/1.1\r\n${own()}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
			[400],
		],
		[
			"an upgrade to nowhere",
			(): string => `GET / HTTP/1.1\r\n${own()}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
			[404],
		],
		[
			"an upgrade to a prototype",
			(): string => `GET /constructor HTTP/1.1\r\n${own()}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
			[404],
		],
		[
			"an upgrade to HTTP/2",
			(): string => `GET /health HTTP/1.1\r\n${own()}Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
			[200],
		],
	] as const)("%s", async (_, bytes, statuses) => {
		expect(statuses).toContain(statusOf(await raw(bytes())));
		expect((await fetch(`http://127.0.0.1:${server.port}/health`)).status).toBe(200);
	});
});

describe("upgrades", () => {
	const open = (headers: Record<string, string>) => new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers });
	const refused = async (headers: Record<string, string>) => {
		const ws = open(headers);
		ws.on("error", () => {});
		const [, response] = (await once(ws, "unexpected-response")) as [unknown, { statusCode: number }];
		ws.terminate();
		return response.statusCode;
	};

	test("a socket goes through with what the guard found out", async () => {
		const ws = open({ ...bearer, origin: `http://127.0.0.1:${server.port}` });
		const [data] = (await once(ws, "message")) as [Buffer];
		expect([data.toString(), roles]).toEqual(["hello", ["admin"]]);
		const stranger = open({});
		await once(stranger, "open");
		expect(roles).toEqual(["admin", undefined]);
	});

	test.each([
		["another origin", { origin: "http://evil.example" }, 403],
		["no origin to speak of", { origin: "null" }, 403],
		["another port of this machine", { origin: "http://127.0.0.1:1" }, 403],
		["a rebound host", { host: "rebound.example" }, 421],
	])("%s is refused before the handshake", async (_, headers, status) => {
		expect(await refused({ ...bearer, ...headers })).toBe(status);
		expect(roles).toEqual([]);
	});
});

describe("previews over a socket", () => {
	const head = (path: string) =>
		`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${SECRET}\r\n\r\n`;
	const preview = "/api/v1/sessions/main/preview.mjpeg?fps=30";

	async function until(condition: () => boolean, socket: Socket): Promise<void> {
		while (!condition()) await once(socket, "data");
	}

	test("one who reads nothing disturbs nobody, and goes on with the newest picture", async () => {
		let made = 0;
		backend.picture = async () => new Uint8Array(2_000_000).fill(Math.min(255, 128 + ++made));
		const stalled = connect(server.port, "127.0.0.1");
		stalled.pause();
		stalled.write(head(preview));
		const reading = connect(server.port, "127.0.0.1");
		reading.write(head(preview));
		let bytes = 0;
		reading.on("data", (data) => {
			bytes += data.length;
		});
		await until(() => bytes > 80_000_000, reading);
		const last = made;
		const seen = new Set<number>();
		stalled.on("data", (data) => seen.add((data.at(-1) ?? 0) - 128));
		stalled.resume();
		await until(() => Math.max(...seen) > last, stalled);
		const skipped = Array.from({ length: last }, (_, i) => i + 1).filter((number) => !seen.has(number));
		expect(last).toBeGreaterThanOrEqual(40);
		expect(skipped.length).toBeGreaterThan(20);
		stalled.destroy();
		reading.destroy();
	});

	test.skipIf(!ffprobe)("FFmpeg plays it from its address (skipped without ffprobe)", async () => {
		const address = `http://127.0.0.1:${server.port}${preview}&token=${new Tokens(SECRET).viewer}`;
		const shown = ["-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0"];
		const probe = spawn(String(ffprobe), [
			"-v",
			"error",
			"-read_intervals",
			"%+#10",
			"-count_frames",
			...shown,
			address,
		]);
		let said = "";
		probe.stdout.on("data", (data) => {
			said += data;
		});
		await once(probe, "close");
		expect(said.trim()).toBe("mjpeg,16,16,10");
	});

	test("one who leaves ends the work", async () => {
		const stopped = Promise.withResolvers<void>();
		backend.picture = (signal) =>
			new Promise((resolve) => {
				signal.addEventListener("abort", () => stopped.resolve());
				setImmediate(() => resolve(Uint8Array.of(1)));
			});
		const viewer = connect(server.port, "127.0.0.1");
		viewer.write(head(preview));
		await once(viewer, "data");
		viewer.destroy();
		await stopped.promise;
	});

	test("closing the server ends them", async () => {
		const viewer = connect(server.port, "127.0.0.1");
		viewer.write(head(preview));
		await once(viewer, "data");
		viewer.resume();
		const ended = once(viewer, "close");
		await server[Symbol.asyncDispose]();
		await ended;
		await server[Symbol.asyncDispose]();
	});
});
