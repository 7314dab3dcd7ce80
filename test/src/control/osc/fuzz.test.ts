import { describe, expect, test } from "vitest";
import { encode } from "../../../../src/control/osc/encode.ts";
import { Peer } from "../../../../src/control/osc/peer.ts";
import { bundle, MALFORMED, message } from "./malformed.ts";
import { OscStage } from "./stage.ts";

describe("what is malformed or too much", () => {
	test("changes nothing: every family, and 100,000 mutations of good packets", () => {
		const stage = new OscStage();
		const peer = new Peer({ origin: "osc:fuzz", reply: () => {} });
		const started = stage.store.revision;
		for (const [, raw] of MALFORMED) stage.intake.receive(raw, peer);
		expect([stage.store.revision, stage.intake.counts.malformed]).toEqual([started, MALFORMED.length]);

		// Addresses that lead nowhere, so that a mutation that happens to be a good packet changes nothing either.
		const good = [
			message("/zzzz/aaaa", "fis", 1, 2, "three"),
			message("/zzzz", "[bt]m", [Buffer.of(1, 2, 3), 5n], Buffer.of(1, 2, 3, 4)),
			bundle([message("/zzzz", "d", 1), bundle([message("/zzzz/[a-c]{x,y}*", "h", 2n)]), message("/zzzz")]),
			bundle([
				message("/zzzz", "s", "a text of some length, to be cut"),
				message("/zzzz", "TFNI", true, false, null, true),
			]),
		].map(encode);
		const random = mulberry(20_261_120);
		const before = stage.store.since(0);
		let seen = 0;
		for (let i = 0; i < 100_000; i++) {
			const raw = mutate(good[Math.floor(random() * good.length)] as Uint8Array, random);
			stage.timing.pass(1 / 20_000);
			stage.intake.receive(raw, peer);
			seen++;
		}
		expect([seen, stage.intake.counts.packets]).toEqual([100_000, 100_000 + MALFORMED.length]);
		expect(stage.intake.counts.malformed).toBeGreaterThan(50_000);
		expect(stage.store.since(0)).toEqual(before);
		expect(stage.timing.waiting).toBeLessThanOrEqual(1);
	});

	test("a sender that floods is cut at 30,000 packets a second, and told", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		for (let i = 0; i < 61_000; i++) say(message("/hue", "i", i % 360));
		expect(stage.intake.counts.flooded).toBe(1000);
		expect(told()[0]).toEqual([5000, "/error", "", 429, expect.any(String)]);
		stage.timing.pass(0.1);
		say(message("/hue", "i", 7));
		expect(stage.store.get("/hue")).toBe(7);
	});
});

/** Mulberry32: the same random numbers in every run. */
function mulberry(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Flips, cuts, repeats or overwrites some of a packet with bytes that mean something to parsers. */
function mutate(packet: Uint8Array, random: () => number): Uint8Array {
	let raw = Buffer.from(packet);
	const nasty = [0, 1, 0x7f, 0x80, 0xff, 0x2c, 0x2f, 0x23, 0x5b, 0x5d, 0x62, 0x73];
	for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
		const at = Math.floor(random() * raw.length);
		const kind = Math.floor(random() * 6);
		if (kind === 0) raw[at] = Math.floor(random() * 256);
		else if (kind === 1) raw[at] = nasty[Math.floor(random() * nasty.length)] as number;
		else if (kind === 2) raw = raw.subarray(0, at);
		else if (kind === 3) raw = Buffer.concat([raw, raw.subarray(at)]);
		else if (kind === 4 && raw.length >= at + 4)
			raw.writeInt32BE([0, -1, -4, 0x7fffffff, -0x80000000, 4][Math.floor(random() * 6)] as number, at);
		else raw = Buffer.concat([raw.subarray(0, at), Buffer.alloc(4), raw.subarray(at)]);
		if (raw.length === 0) break;
	}
	return raw;
}
