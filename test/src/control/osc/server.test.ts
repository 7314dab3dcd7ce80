import { execFile, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import OSC from "osc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AllowList } from "../../../../src/control/osc/allow.ts";
import { decode } from "../../../../src/control/osc/decode.ts";
import { encode } from "../../../../src/control/osc/encode.ts";
import { Deframer, type Framing, frame } from "../../../../src/control/osc/framing.ts";
import type { OscMessage } from "../../../../src/control/osc/packet.ts";
import { OscServer, type OscServerOptions } from "../../../../src/control/osc/server.ts";
import { after } from "../../../../src/control/pace.ts";
import { monotonic } from "../../../../src/media/clock.ts";
import type { ParamStore } from "../../../../src/params/store.ts";
import { peer } from "../../../peers.ts";
import { quietLog } from "../quiet.ts";
import { MALFORMED, message } from "./malformed.ts";
import { newStore } from "./stage.ts";

const oscsend = peer("oscsend");
const oscdump = peer("oscdump");
const python3 = peer("python3");
const run = promisify(execFile);

let store: ParamStore;
let server: OscServer;
let udp: number;
let tcp: number;

function options(more: Partial<OscServerOptions> = {}): OscServerOptions {
	const timing = { clock: monotonic, after, wall: () => Date.now() / 1000 };
	const nobody = { applied: () => undefined, onApplied: () => () => {} };
	return { store, ...timing, ...nobody, log: quietLog(), scope: true, host: "127.0.0.1", udp: [0], tcp: [0], ...more };
}

beforeEach(async () => {
	store = newStore();
	server = await OscServer.open(options());
	[udp] = server.ports.udp as [number];
	[tcp] = server.ports.tcp as [number];
});

afterEach(() => server[Symbol.asyncDispose]());

/** Resolves when a parameter has a value. */
function has(address: string, value: unknown): Promise<void> {
	return expect.poll(() => store.get(address)).toEqual(value) as unknown as Promise<void>;
}

/** A socket on a port of its own that keeps what it hears. */
async function listener(): Promise<{ socket: Socket; port: number; heard: OscMessage[] }> {
	const socket = createSocket("udp4");
	const heard: OscMessage[] = [];
	socket.on("message", (bytes) => {
		const packet = decode(bytes);
		if (packet.kind === "message") heard.push(packet);
	});
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	return { socket, port: socket.address().port, heard };
}

describe.skipIf(!oscsend || !oscdump)("liblo (oscsend, oscdump: apt-get install liblo-tools)", () => {
	const send = (...args: string[]) => run(oscsend as string, ["localhost", String(udp), ...args]);

	test("turns every type of parameter", async () => {
		await send("/vace/scale", "f", "0.5");
		await has("/vace/scale", 0.5);
		await send("/main/hue", "i", "90");
		await has("/hue", 90);
		await send("/prompt", "s", "a quiet lake, café 日本 🔥");
		await has("/prompt", "a quiet lake, café 日本 🔥");
		await send("/vace/enabled", "F");
		await has("/vace/enabled", false);
		await send("/denoise/steps", "iii", "900", "600", "300");
		await has("/denoise/steps", [900, 600, 300]);
		await send("/prompt/{1,3}/weight/norm", "d", "1");
		await has("/prompt/3/weight", 2);
		await send("/cache/reset");
		await expect.poll(() => store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
		await send("/scope/vace_context_scale", "f", "1.5");
		await has("/vace/scale", 1.5);
	});

	test("turns parameters over TCP, framed by length", async () => {
		await run(oscsend as string, [`osc.tcp://localhost:${tcp}`, "/hue", "i", "45"]);
		await has("/hue", 45);
	});

	test("is told what another turns", async () => {
		const { socket, port } = await listener();
		socket.close();
		const dump = spawn(oscdump as string, ["-L", String(port)]);
		try {
			let text = "";
			dump.stdout.on("data", (data) => {
				text += data;
			});
			// It says nothing when it listens: it is asked until it has heard.
			await expect
				.poll(
					async () => {
						await send("/sub", "si", "/{hue,palette}", String(port));
						await send("/sub", "si", "/vace/*", String(port));
						return text;
					},
					{ interval: 200, timeout: 10_000 },
				)
				.toMatch(/\/hue i 0[\s\S]*\/palette s "ink"/);
			store.set(
				[
					["/vace/scale", 0.25],
					["/hue", 300],
					["/palette", "fire"],
				],
				"page",
			);
			for (const line of ["/vace/scale f 0.25", "/hue i 300", '/palette s "fire"']) {
				await expect.poll(() => text).toContain(line);
			}
		} finally {
			dump.kill();
			await once(dump, "close");
		}
	});
});

describe.skipIf(!python3)("the example in Python (apt-get install python3)", () => {
	test("turns a parameter, asks for one, and prints what is refused", async () => {
		const script = fileURLToPath(new URL("../../../../examples/send-osc.py", import.meta.url));
		const env = { ...process.env, MUTOSCOPE_OSC: String(udp) };
		const example = async (...args: string[]) => (await run(python3 as string, [script, ...args], { env })).stdout;
		expect(await example("/prompt", "café")).toBe("");
		expect(store.get("/prompt")).toBe("café");
		expect(await example("/get", "/vace/scale")).toBe("/vace/scale [1.0]\n");
		expect(await example("/nothing", "1")).toMatch(/^\/error \['\/nothing', 404, /);
	});
});

describe("osc-js", () => {
	test("turns parameters over UDP", async () => {
		const foreign = OSC as unknown as typeof OSC.default;
		const { socket } = await listener();
		socket.send(
			new foreign.Bundle([new foreign.Message("/hue", 12), new foreign.Message("/palette", "ice")]).pack(),
			udp,
			"127.0.0.1",
		);
		await has("/palette", "ice");
		await has("/hue", 12);
		socket.close();
	});
});

describe("UDP", () => {
	test("answers to where a packet came from, and nowhere else", async () => {
		const { socket, heard } = await listener();
		socket.send(encode(message("/get", "s", "/hue")), udp, "127.0.0.1");
		await expect.poll(() => heard).toEqual([message("/hue", "i", 0)]);
		socket.send(encode(message("/nothing")), udp, "127.0.0.1");
		await expect.poll(() => heard.length).toBe(2);
		expect(heard[1]).toMatchObject({ address: "/error", types: "sis", args: ["/nothing", 404, expect.any(String)] });
		socket.close();
	});

	test("lives on after every malformed packet we know", async () => {
		const { socket } = await listener();
		const revision = store.revision;
		const sent = MALFORMED.filter(([, bytes]) => bytes.length < 60_000);
		for (const [, bytes] of sent) socket.send(bytes, udp, "127.0.0.1");
		await expect.poll(() => server.counts.malformed).toBe(sent.length);
		expect(store.revision).toBe(revision);
		socket.send(encode(message("/hue", "i", 5)), udp, "127.0.0.1");
		await has("/hue", 5);
		socket.close();
	});
});

describe.each<Framing>(["slip", "length"])("TCP framed by %s", (framing) => {
	test("turns parameters, answers and feeds back the same way", async () => {
		const socket = connect(tcp, "127.0.0.1");
		const heard: OscMessage[] = [];
		const deframer = new Deframer((packet) => heard.push(decode(packet) as OscMessage));
		socket.on("data", (bytes) => deframer.push(bytes));
		const say = (packet: Uint8Array) => socket.write(frame(packet, framing));
		say(encode(message("/hue", "i", 5)));
		await has("/hue", 5);
		say(encode(message("/sub", "s", "/hue")));
		await expect.poll(() => heard).toEqual([message("/hue", "i", 5)]);
		say(encode(message("/hue", "i", 6)));
		await has("/hue", 6);
		store.set([["/hue", 7]], "page");
		await expect.poll(() => heard.length).toBe(2);
		expect([heard[1], deframer.framing]).toEqual([message("/hue", "i", 7), framing]);
		socket.destroy();
		await expect.poll(() => server.intake.feedback.size).toBe(0);
	});
});

describe("TCP", () => {
	test("closes a stream that makes no sense", async () => {
		const socket = connect(tcp, "127.0.0.1");
		socket.write("GET / HTTP/1.1\r\n\r\n");
		await once(socket, "close");
		expect(server.counts.malformed).toBe(1);
	});

	test("holds 32 connections", async () => {
		const sockets = await Promise.all(
			Array.from({ length: 33 }, async () => {
				const socket = connect(tcp, "127.0.0.1");
				await once(socket, "connect");
				return socket;
			}),
		);
		await expect.poll(() => server.counts.strangers).toBe(1);
		for (const socket of sockets) socket.destroy();
	});
});

describe("the server", () => {
	test("says which port is taken, and then listens nowhere", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await once(other, "listening");
		const { port } = other.address() as AddressInfo;
		await expect(OscServer.open(options({ tcp: [port] }))).rejects.toMatchObject({
			code: "server/port-taken",
			details: { port },
		});
		await expect(OscServer.open(options({ udp: [udp] }))).rejects.toMatchObject({
			code: "server/port-taken",
			details: { port: udp },
		});
		other.close();
	});

	test("closes twice", async () => {
		await server[Symbol.asyncDispose]();
		await server[Symbol.asyncDispose]();
	});
});

describe("who may send", () => {
	test.each<[string[], string, boolean]>([
		[[], "127.0.0.1", true],
		[[], "127.9.9.9", true],
		[[], "::1", true],
		[[], "::ffff:127.0.0.1", true],
		[[], "192.168.1.20", false],
		[[], "::ffff:192.168.1.20", false],
		[["192.168.1.20"], "192.168.1.20", true],
		[["192.168.1.20"], "192.168.1.21", false],
		[["192.168.1.0/24"], "192.168.1.21", true],
		[["192.168.1.0/24"], "192.168.2.21", false],
		[["fd00::/8"], "fd12::1", true],
		[["fd00::/8"], "fe80::1", false],
	])("with %j besides this machine, %s: %s", (allowed, address, may) => {
		const list = new AllowList(allowed);
		expect([list.has(address), list.has(address)]).toEqual([may, may]);
	});

	test.each(["everyone", "192.168.1", "192.168.1.0/x", "192.168.1.0/99", ""])("cannot be said as %j", (entry) => {
		expect(() => new AllowList([entry])).toThrow();
	});
});
