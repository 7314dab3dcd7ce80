import { encode } from "../../../../src/control/osc/encode.ts";
import { bundle, message } from "./malformed.ts";

/** Good packets to addresses that lead nowhere, so that a mutation that happens to be good changes nothing either. */
const GOOD = [
	message("/zzzz/aaaa", "fis", 1, 2, "three"),
	message("/zzzz", "[bt]m", [Buffer.of(1, 2, 3), 5n], Buffer.of(1, 2, 3, 4)),
	bundle([message("/zzzz", "d", 1), bundle([message("/zzzz/[a-c]{x,y}*", "h", 2n)]), message("/zzzz")]),
	bundle([
		message("/zzzz", "s", "a text of some length, to be cut"),
		message("/zzzz", "TFNI", true, false, null, true),
	]),
].map(encode);

/** A packet that was good and is most likely not any more. */
export function mutated(random: () => number): Uint8Array {
	return mutate(GOOD[Math.floor(random() * GOOD.length)] as Uint8Array, random);
}

/** Mulberry32: the same random numbers in every run. */
export function mulberry(seed: number): () => number {
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
