import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Role } from "../../../src/control/context.ts";
import { encode } from "../../../src/control/osc/encode.ts";
import { ControlSockets } from "../../../src/control/ws.ts";
import type { ClientInput, ServerMessage } from "../../../src/protocol/messages.ts";
import { CLOSE, SUBPROTOCOL } from "../../../src/protocol/wire.ts";
import { message } from "./osc/malformed.ts";
import { ControlStage } from "./stage.ts";

let stage: ControlStage;
let sockets: ControlSockets;
let http: Server;
let role: Role | undefined;

beforeEach(async () => {
	stage = new ControlStage();
	sockets = new ControlSockets(stage);
	role = "operator";
	http = createServer();
	http.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, role));
	http.listen(0, "127.0.0.1");
	await once(http, "listening");
});

afterEach(async () => {
	const ended = sockets[Symbol.asyncDispose]();
	stage.timing.pass(2);
	await ended;
	http.close();
});

/** A client that waits for what it is told: `hear` resolves with the next message of an op. */
function open() {
	const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`, SUBPROTOCOL);
	const heard: ServerMessage[] = [];
	const say = (message: ClientInput) => socket.send(JSON.stringify(message));
	socket.on("message", (data, binary) => !binary && heard.push(JSON.parse(String(data))));
	const hear = async <Op extends ServerMessage["op"]>(op: Op) => {
		for (;;) {
			const found = heard.findIndex((one) => one.op === op);
			if (found >= 0) return heard.splice(0, found + 1).at(-1) as Extract<ServerMessage, { op: Op }>;
			await once(socket, "message");
		}
	};
	const enter = async (more: Partial<Extract<ClientInput, { op: "identify" }>> = {}) => {
		await hear("hello");
		say({ op: "identify", rpc: 1, ...more });
		return hear("identified");
	};
	return { socket, say, hear, enter, heard };
}

describe("a WebSocket", () => {
	test("speaks the protocol, from greeting to the frame that shows", async () => {
		const { socket, say, hear, enter } = open();
		expect((await enter()).role).toBe("operator");
		expect(socket.protocol).toBe(SUBPROTOCOL);
		say({ op: "set", id: 1, values: { "/vace/scale": 0.5 } });
		expect(await hear("ack")).toMatchObject({ id: 1, clamped: {} });
		stage.show(42);
		expect(await hear("applied")).toMatchObject({ id: 1, session: "main", frame: 42 });
	});

	test("hears what another turns", async () => {
		const [one, two] = [open(), open()];
		await Promise.all([one.enter(), two.enter()]);
		one.say({ op: "set", id: 1, values: { "/hue": 120 } });
		await one.hear("ack");
		stage.timing.pass(1);
		expect((await two.hear("values")).values).toEqual({ "/main/hue": 120 });
	});

	test("takes OSC as binary messages", async () => {
		const { socket, say, hear, enter } = open();
		await enter();
		socket.send(encode(message("/hue", "f", 200)));
		say({ op: "get", id: 1, addresses: ["/hue"] });
		expect((await hear("result")).value).toEqual({ "/hue": 200 });
	});

	test("without a role needs a token", async () => {
		role = undefined;
		const [guest, owner] = [open(), open()];
		await guest.hear("hello");
		guest.say({ op: "identify", rpc: 1 });
		expect((await once(guest.socket, "close"))[0]).toBe(CLOSE.unauthorised);
		expect((await owner.enter({ token: "rule" })).role).toBe("admin");
	});

	test("that never identifies itself is closed", async () => {
		const { socket, hear } = open();
		await hear("hello");
		stage.timing.pass(3);
		expect((await once(socket, "close"))[0]).toBe(CLOSE.notIdentified);
	});

	test("that sends more than 1 MB at once is closed", async () => {
		const { socket, enter } = open();
		await enter();
		socket.send("x".repeat(1024 * 1024 + 1));
		await once(socket, "close");
		await expect.poll(() => sockets.size).toBe(0);
	});

	test("that sends what is no frame is closed, and takes nobody with it", async () => {
		const [good, bad] = [open(), open()];
		await Promise.all([good.enter(), bad.enter()]);
		const raw = bad.socket as unknown as { _socket: { write(bytes: Uint8Array): void } };
		raw._socket.write(Buffer.of(0xff, 0xff, 0xff, 0xff));
		await once(bad.socket, "close");
		good.say({ op: "get", id: 1, addresses: ["/hue"] });
		await good.hear("result");
	});

	test("that gives no sign of life is gone after two heartbeats", async () => {
		const { socket, say, hear, enter } = open();
		await enter();
		const deaf = connect((http.address() as AddressInfo).port, "127.0.0.1");
		deaf.on("error", () => {});
		deaf.write(
			"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		);
		await once(deaf, "data");
		// It identifies itself by hand, and never answers a ping.
		deaf.write(masked('{"op":"identify","rpc":1}'));
		await once(deaf, "data");
		expect(sockets.size).toBe(2);
		const pinged = once(socket, "ping");
		stage.timing.pass(15);
		await pinged;
		say({ op: "get", id: 1, addresses: [] }); // its answer comes after the pong was heard
		await hear("result");
		stage.timing.pass(15);
		await once(deaf, "close");
		await expect.poll(() => sockets.size).toBe(1);
	});

	test("that reads nothing is cut off while others are served", async () => {
		const [slow, quick] = [open(), open()];
		await Promise.all([slow.enter(), quick.enter()]);
		slow.socket.pause();
		const text = "x".repeat(2000);
		const closed = once(slow.socket, "close");
		for (let i = 0; i < 20_000 && sockets.size === 2; i++) {
			stage.store.set([["/prompt", `${text.slice(8)}${i}`]], "osc");
			stage.timing.pass(0.02);
			if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		stage.timing.pass(2);
		await expect.poll(() => sockets.size).toBe(1);
		slow.socket.resume();
		await closed;
		quick.say({ op: "get", id: 1, addresses: ["/hue"] });
		await quick.hear("result");
	});

	test("is one of 64", async () => {
		const all = Array.from({ length: 64 }, () => open());
		await Promise.all(all.map(({ enter }) => enter()));
		const late = open();
		const [error] = await once(late.socket, "error");
		expect(String(error)).toContain("503");
	});

	test("hears a farewell when the daemon ends", async () => {
		const { socket, enter } = open();
		await enter();
		const closed = once(socket, "close");
		await Promise.all([sockets[Symbol.asyncDispose](), closed]);
		expect((await closed)[0]).toBe(CLOSE.goingAway);
	});
});

describe("the example", () => {
	test("turns a parameter and waits for the frame that shows it", async () => {
		role = undefined;
		const script = fileURLToPath(new URL("../../../examples/websocket-client.ts", import.meta.url));
		const env = {
			...process.env,
			TOKEN: "turn",
			MUTOSCOPE: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`,
		};
		const example = execFile(process.execPath, [script, "/vace/scale", "9"], { env });
		let said = "";
		example.stdout?.on("data", (text) => {
			said += text;
		});
		await expect.poll(() => said, { timeout: 20_000 }).toContain("Kept in revision");
		stage.show(77);
		await once(example, "close");
		expect(said).toContain('clamped: {"/main/vace/scale":2}');
		expect(said).toContain("Frame 77 of main shows it.");
	});
});

/** A text frame as a client sends it, masked with zeros. */
function masked(text: string): Uint8Array {
	return Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]);
}
