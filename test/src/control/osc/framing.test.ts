import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../../../src/control/osc/encode.ts";
import { Deframer, type Framing, frame } from "../../../../src/control/osc/framing.ts";
import { message } from "./malformed.ts";

/** What comes out of a stream that arrives in these pieces, and why it ended if it did. */
function cut(pieces: readonly Uint8Array[]): {
	packets: string[];
	reason: string | undefined;
	framing: string | undefined;
} {
	const packets: string[] = [];
	const deframer = new Deframer((packet) => packets.push(Buffer.from(packet).toString("hex")));
	let reason: string | undefined;
	for (const piece of pieces) reason ??= deframer.push(piece);
	return { packets, reason, framing: deframer.framing };
}

const hex = (packet: Uint8Array) => Buffer.from(packet).toString("hex");
const some = [
	encode(message("/a", "f", 1)),
	encode(message("/b", "b", Buffer.of(0xc0, 0xdb, 0xdc, 0xdd, 0))),
	encode(message("/c")),
];

describe.each<Framing>(["slip", "length"])("a stream framed by %s", (framing) => {
	test("gives back every packet, however it is torn", () => {
		const stream = Buffer.concat(some.map((packet) => frame(packet, framing)));
		fc.assert(
			fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
				const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
				const pieces = at.slice(1).map((end, i) => stream.subarray(at[i], end));
				expect(cut(pieces)).toEqual({ packets: some.map(hex), reason: undefined, framing });
			}),
			{ seed: 3 },
		);
	});

	test("holds no more than 64 kB of a packet", () => {
		const start = framing === "slip" ? Buffer.of(0xc0) : Buffer.of(0x00, 0x01, 0x00, 0x04);
		expect(cut([start, Buffer.alloc(65_540, 0x61)]).reason).toBeDefined();
	});
});

test("SLIP may begin without an end, as some senders do", () => {
	expect(cut([frame(some[0] as Uint8Array, "slip").subarray(1)]).packets).toEqual([hex(some[0] as Uint8Array)]);
});

test.each([
	["HTTP", Buffer.from("GET / HTTP/1.1\r\n")],
	["TLS", Buffer.of(0x16, 3, 1)],
	["a negative length", Buffer.of(0xff, 0xff, 0xff, 0xff)],
	["a length of nothing", Buffer.of(0, 0, 0, 0)],
	["a huge length", Buffer.of(0, 0xff, 0xff, 0xff)],
	["an escape of nothing", Buffer.of(0xc0, 0xdb, 0x41)],
	["an escape at the end", Buffer.of(0xc0, 0x2f, 0xdb, 0xc0)],
])("%s makes no sense as a stream", (_, bytes) => {
	expect(cut([bytes])).toMatchObject({ packets: [], reason: expect.any(String) });
});
