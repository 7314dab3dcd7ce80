import { createSocket, Socket } from "node:dgram";
import { promises } from "node:dns";
import { once } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Transport, TransportEvents, TransportOptions } from "../../../bridges/webrtc/transport.ts";
import { openWerift } from "../../../bridges/webrtc/werift.ts";
import { monotonic } from "../../../src/media/clock.ts";

const NOWHERE: TransportOptions = { iceServers: [], relayOnly: false, addresses: [] };
const open: Transport[] = [];

afterEach(async () => {
	for (const transport of open.splice(0)) await transport[Symbol.asyncDispose]();
});

async function make(
	options: Partial<TransportOptions> = {},
	events: Partial<TransportEvents> = {},
): Promise<Transport> {
	const transport = await openWerift(
		{ ...NOWHERE, ...options },
		{ state() {}, rtp() {}, rtcp() {}, channel() {}, ...events },
	);
	open.push(transport);
	return transport;
}

/** What a transport tells the other side of itself. */
function partyOf({ credentials, fingerprint }: Transport) {
	return { ...credentials, fingerprints: [fingerprint], setup: "actpass" as const };
}

/** Two transports that connect to each other, with data channels if asked for. `events` are the second's. */
async function pair(
	events: Partial<TransportEvents> = {},
	sctpPort?: number,
): Promise<[Transport, Transport, () => string[]]> {
	const states: string[] = [];
	const state = (state: string, reason: string) => states.push(reason || state);
	const [a, b] = [await make({}, { state }), await make({}, { ...events, state })];
	await Promise.all([a.gather(), b.gather()]);
	// One of them must be in control; towards an ICE-lite peer werift takes it.
	a.connect({ ...partyOf(b), lite: true }, "active", sctpPort);
	b.connect({ ...partyOf(a), lite: false }, "passive", sctpPort);
	for (const candidate of b.candidates) await a.addCandidate(candidate);
	for (const candidate of a.candidates) await b.addCandidate(candidate);
	await expect.poll(() => states.filter((state) => state === "connected").length, { timeout: 50_000 }).toBe(2);
	return [a, b, () => states];
}

function header(sequence: number): Buffer {
	const bytes = Buffer.alloc(12);
	bytes.writeUInt8(0x80, 0);
	bytes.writeUInt8(96, 1);
	bytes.writeUInt16BE(sequence, 2);
	bytes.writeUInt32BE(7, 8);
	return bytes;
}

/** Epoch and number of each encrypted record of DTLS in a packet. */
function encrypted(packet: Buffer): string[] {
	const found: string[] = [];
	for (let at = 0; at + 13 <= packet.length && [21, 22, 23].includes(packet.readUInt8(at)); ) {
		if (packet.readUInt16BE(at + 3) > 0) found.push(packet.toString("hex", at + 3, at + 11));
		at += 13 + packet.readUInt16BE(at + 11);
	}
	return found;
}

describe("the transport on werift", () => {
	test("looks nobody up on the internet unless it was told to", async () => {
		// Left to itself, werift 0.25.2 asks a public STUN server of a third party.
		const lookup = vi.spyOn(promises, "lookup").mockRejectedValue(new Error("nobody is there"));
		await (await make()).gather();
		expect(lookup).not.toHaveBeenCalled();
		await (await make({ iceServers: [{ urls: "stun:stun.example:3478" }] })).gather();
		expect(lookup).toHaveBeenCalledWith("stun.example", expect.anything());
		lookup.mockRestore();
	});

	test("does not wait long for a STUN server that is silent", async () => {
		const silent = createSocket("udp4");
		silent.bind(0, "127.0.0.1");
		await once(silent, "listening");
		const transport = await make({ iceServers: [{ urls: `stun:127.0.0.1:${silent.address().port}` }] });
		const began = monotonic();
		await transport.gather();
		expect(monotonic() - began).toBeLessThan(5); // for which werift waits, left to itself
		expect(transport.candidates.length).toBeGreaterThan(0);
		silent.close();
	});

	test("tells no address of this machine when it is to be reached by relays alone", async () => {
		const transport = await make({ relayOnly: true });
		await transport.gather();
		expect(transport.candidates).toEqual([]);
	});

	test("carries RTP and feedback of every kind to the other side, as it was sent", async () => {
		const rtp: Buffer[] = [];
		const rtcp: Buffer[] = [];
		const [a] = await pair({ rtp: (packet) => rtp.push(packet), rtcp: (compound) => rtcp.push(compound) });
		const fir = Buffer.from("84ce0004000000010000000000000007010000000", "hex");
		for (let sequence = 0; sequence < 3; sequence++)
			a.sendRtp(7, sequence, header(sequence), Buffer.from(`packet ${sequence}`));
		a.sendRtcp(fir);
		await expect.poll(() => rtp.length).toBe(3);
		expect(rtp[1]?.subarray(12).toString()).toBe("packet 1");
		await expect.poll(() => rtcp).toEqual([fir]);
		expect(a.roundTrip === undefined || a.roundTrip > 0).toBe(true);
	});

	test("waits for the other side to come to it when nothing that it was told of leads there", async () => {
		const states: string[] = [];
		const state = (state: string, reason: string) => states.push(reason || state);
		const [a, b] = [await make({}, { state }), await make({}, { state })];
		await Promise.all([a.gather(), b.gather()]);
		a.connect({ ...partyOf(b), lite: false }, "passive");
		await a.addCandidate(undefined);
		const looked = monotonic() + 0.1;
		while (monotonic() < looked) await new Promise(setImmediate); // werift looks every 20 ms
		b.connect({ ...partyOf(a), lite: true }, "active");
		for (const candidate of a.candidates) await b.addCandidate(candidate);
		await expect.poll(() => states).toEqual(["connected", "connected"]);
	});

	test("tells the other side when it leaves, who need not wait for it to fall silent", async () => {
		const [a, , states] = await pair();
		await a[Symbol.asyncDispose]();
		await expect.poll(states, { timeout: 4000 }).toContain("the other side left"); // silence is noticed after 5 s at least
	});

	// AES-GCM with a number that was used before tells what it hides. werift 0.25.2 begins at 1 again after its handshake.
	test("numbers its encrypted records upwards", async () => {
		const seen: string[] = [];
		const send = Socket.prototype.send;
		const spy = vi.spyOn(Socket.prototype, "send").mockImplementation(function (this: Socket, ...input: unknown[]) {
			const [data] = input;
			const port = this.address().port;
			if (data instanceof Uint8Array) seen.push(...encrypted(Buffer.from(data)).map((number) => `${port} ${number}`));
			return Reflect.apply(send, this, input) as undefined;
		});
		const [a] = await pair({}, 5000);
		await a[Symbol.asyncDispose]();
		spy.mockRestore();
		expect(seen.length).toBeGreaterThan(2);
		for (const port of new Set(seen.map((record) => record.split(" ")[0]))) {
			const numbers = seen.filter((record) => record.startsWith(`${port} `));
			expect(numbers).toEqual([...new Set(numbers)].sort());
		}
	});

	test("sends nothing before it is connected, nor after it was closed", async () => {
		const transport = await make();
		transport.sendRtp(7, 1, header(1), Buffer.of(1));
		await transport[Symbol.asyncDispose]();
		transport.sendRtp(7, 2, header(2), Buffer.of(1));
		transport.sendRtcp(Buffer.alloc(8));
		await transport[Symbol.asyncDispose]();
	});
});
