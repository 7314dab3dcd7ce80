import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import oscJs from "osc-js";
import { fromBuffer, toBuffer } from "osc-min";
import { WebSocket } from "ws";
import { percentile } from "../../src/base/clock.ts";
import type { ControlContext } from "../../src/control/context.ts";
import { decode } from "../../src/control/osc/decode.ts";
import { encode } from "../../src/control/osc/encode.ts";
import { OscIntake } from "../../src/control/osc/intake.ts";
import type { OscMessage } from "../../src/control/osc/packet.ts";
import { Peer } from "../../src/control/osc/peer.ts";
import { OscServer } from "../../src/control/osc/server.ts";
import { after } from "../../src/control/pace.ts";
import { Resumes } from "../../src/control/resumes.ts";
import { ControlSockets } from "../../src/control/ws.ts";
import { monotonic } from "../../src/media/clock.ts";
import { ParamStore } from "../../src/params/store.ts";
import type { ServerMessage } from "../../src/protocol/messages.ts";
import { noBrowser } from "../browser.ts";
import { mulberry, mutated } from "../src/control/osc/mutated.ts";
import type { Emit } from "./emit.ts";
import { faders } from "./faders.ts";

const OSC = oscJs as unknown as typeof oscJs.default;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => silent };

/** No session shows anything. */
const nobody = { applied: () => undefined, onApplied: () => () => {} };

/** Control: OSC and WebSocket, without a session behind them. */
export async function run(emit: Emit): Promise<void> {
	codec(emit);
	rubbish(emit);
	const store = new ParamStore();
	const fader = { type: "number", minimum: 0, maximum: 1, default: 0 };
	const properties = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`fader/${i + 1}`, fader]));
	store.mount("/main", { type: "object", properties });
	const timing = { clock: monotonic, after };
	const wall = () => Date.now() / 1000;
	const listen = { host: "127.0.0.1", udp: [0], tcp: [], scope: false };
	await using osc = await OscServer.open({ store, ...timing, ...nobody, wall, log: silent, ...listen });
	const context: ControlContext = {
		store,
		...timing,
		log: silent,
		authorise: () => undefined,
		methods: {},
		applied: () => undefined,
		onApplied: () => () => {},
		onStatus: () => () => {},
		onLog: () => () => {},
		resumes: new Resumes(monotonic),
		osc: osc.intake,
	};
	await using sockets = new ControlSockets(context);
	const http = createServer();
	http.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, "operator"));
	http.listen(0, "127.0.0.1");
	await once(http, "listening");
	const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`;
	const page = await Client.open(url);
	await flood(osc, page, emit);
	await roundTrip(page, emit);
	await fade(store, osc, page, emit);
	page.close();
	http.close();
	if (!noBrowser) await faders(emit);
}

/** Packets decoded in a second, and how many times those of others. */
function codec(emit: Emit): void {
	const message: OscMessage = { kind: "message", address: "/main/vace/scale", types: "f", args: [0.5] };
	const bytes = encode(message);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const decoded = perSecond(() => decode(bytes));
	const encoded = perSecond(() => encode(message));
	const foreign = { address: message.address, args: [0.5] };
	const conditions = "one float, 24 bytes, best of 15 rounds";
	emit({ name: "osc decode", value: decoded, unit: "1/s", better: "more", conditions });
	emit({ name: "osc encode", value: encoded, unit: "1/s", better: "more", conditions });
	const min = decoded / perSecond(() => fromBuffer(bytes));
	const js = decoded / perSecond(() => new OSC.Message("").unpack(view));
	emit({ name: "osc decode against osc-min 2.1.2", value: min, unit: "×", better: "more", conditions });
	emit({ name: "osc decode against osc-js 2.4.1", value: js, unit: "×", better: "more", conditions });
	const minEncode = encoded / perSecond(() => toBuffer(foreign));
	emit({ name: "osc encode against osc-min 2.1.2", value: minEncode, unit: "×", better: "more", conditions });
}

function perSecond(run: () => unknown): number {
	let best = 0;
	for (let round = 0; round < 15; round++) {
		const count = 20_000;
		const start = performance.now();
		for (let i = 0; i < count; i++) run();
		best = Math.max(best, count / ((performance.now() - start) / 1000));
	}
	return best;
}

/** 100,000 mutations of good packets: what each costs, and what is left of them. */
function rubbish(emit: Emit): void {
	const store = new ParamStore();
	let now = 0;
	const clock = () => now;
	const intake = new OscIntake({
		store,
		clock,
		after: () => () => {},
		wall: clock,
		log: silent,
		scope: true,
		...nobody,
	});
	const peer = new Peer({ origin: "bench", reply: () => {} });
	const random = mulberry(20_261_120);
	const packets = Array.from({ length: 100_000 }, () => mutated(random));
	const memory = () => {
		globalThis.gc?.();
		return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
	};
	const [heap, cpu] = [memory(), process.cpuUsage()];
	for (const packet of packets) {
		now += 1 / 20_000;
		intake.receive(packet, peer);
	}
	const { user, system } = process.cpuUsage(cpu);
	const left = Math.max(0, memory() - heap) / 2 ** 20;
	const conditions = `100,000 mutations of good packets, ${intake.counts.malformed} of them malformed`;
	emit({ name: "osc cpu per mutation", value: (user + system) / packets.length, unit: "µs", limit: 50, conditions });
	emit({ name: "memory left by mutations", value: left, unit: "MiB", limit: 4, conditions });
	intake[Symbol.dispose]();
}

/** 20,000 messages a second for 5 s from another process, while a page listens. */
async function flood(osc: OscServer, page: Client, emit: Emit): Promise<void> {
	const [rate, seconds] = [20_000, 5];
	const [port] = osc.ports.udp;
	const script = fileURLToPath(new URL("osc-sender.child.ts", import.meta.url));
	page.values = 0;
	const before = process.cpuUsage();
	const begun = performance.now();
	const args = ["--conditions=mutoscope:source", script, String(port), String(rate), String(seconds)];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	const { user, system } = process.cpuUsage(before);
	const took = (performance.now() - begun) / 1000;
	const { messages, refused, unknown } = osc.counts;
	const conditions = `${rate} OSC messages a second for ${seconds} s over UDP on loopback from another process, 16 addresses, one WebSocket client that hears of them at 60 Hz`;
	emit({ name: "osc messages lost", value: Number(stdout) - messages, unit: "messages", limit: 0, conditions });
	emit({ name: "osc messages refused", value: refused + unknown, unit: "messages", limit: 0, conditions });
	emit({ name: "osc cpu per message", value: (user + system) / messages, unit: "µs", conditions });
	emit({ name: "values messages to the page", value: page.values / took, unit: "1/s", limit: 61, conditions });
}

/** A set until its ack, client and server in one process. */
async function roundTrip(page: Client, emit: Emit): Promise<void> {
	const times: number[] = [];
	for (let id = 1; id <= 5000; id++) {
		const start = performance.now();
		page.say({ op: "set", id, values: { "/fader/1": (id % 100) / 100 } });
		await page.hear((message) => message.op === "ack" && message.id === id);
		times.push((performance.now() - start) * 1000);
	}
	const conditions = "WebSocket on loopback, client and server in one process, 5000 in a row";
	emit({ name: "ws set to ack p50", value: percentile(times, 0.5) ?? 0, unit: "µs", conditions });
	emit({ name: "ws set to ack p95", value: percentile(times, 0.95) ?? 0, unit: "µs", conditions });
}

/** A fader at 60 Hz for 10 s, by OSC and by WebSocket: where it ends, here and on the page. */
async function fade(store: ParamStore, osc: OscServer, page: Client, emit: Emit): Promise<void> {
	const { createSocket } = await import("node:dgram");
	const socket = createSocket("udp4");
	const hand = await Client.open(page.url);
	const [port = 0] = osc.ports.udp;
	let value = 0;
	for (let i = 1; i <= 600; i++) {
		value = Math.fround(0.5 + 0.5 * Math.sin(i / 20));
		socket.send(encode({ kind: "message", address: "/fader/2", types: "f", args: [value] }), port, "127.0.0.1");
		hand.say({ op: "set", values: { "/fader/3": value } });
		await new Promise((resolve) => setTimeout(resolve, 1000 / 60));
	}
	await new Promise((resolve) => setTimeout(resolve, 200));
	const conditions = "60 Hz for 10 s, 600 values, a second client listens at 60 Hz";
	for (const [name, address] of [
		["osc", "/main/fader/2"],
		["ws", "/main/fader/3"],
	] as const) {
		const off = Math.abs(Number(store.get(address)) - value);
		const seen = Math.abs(Number(page.seen[address]) - value);
		emit({ name: `${name} fader off its last value`, value: off, unit: "", limit: 0, conditions });
		emit({ name: `${name} fader off its last value on the page`, value: seen, unit: "", limit: 0, conditions });
	}
	socket.close();
	hand.close();
}

/** A client that keeps the values it was told. */
class Client {
	readonly url: string;
	readonly seen: Record<string, unknown> = {};
	values = 0;
	readonly #socket: WebSocket;
	#waiting: { readonly wanted: (message: ServerMessage) => boolean; readonly done: () => void } | undefined;

	private constructor(url: string) {
		this.url = url;
		this.#socket = new WebSocket(url);
		this.#socket.on("message", (data) => {
			const message: ServerMessage = JSON.parse(String(data));
			if (message.op === "values") {
				this.values++;
				Object.assign(this.seen, message.values);
			}
			if (this.#waiting?.wanted(message)) this.#waiting.done();
		});
	}

	static async open(url: string): Promise<Client> {
		const client = new Client(url);
		await client.hear(({ op }) => op === "hello");
		client.say({ op: "identify", rpc: 1 });
		await client.hear(({ op }) => op === "identified");
		return client;
	}

	say(message: object): void {
		this.#socket.send(JSON.stringify(message));
	}

	hear(wanted: (message: ServerMessage) => boolean): Promise<void> {
		return new Promise((done) => {
			this.#waiting = { wanted, done };
		});
	}

	close(): void {
		this.#socket.terminate();
	}
}
