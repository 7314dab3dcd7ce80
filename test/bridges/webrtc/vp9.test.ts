import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinVp9, packetiseVp9 } from "../../../bridges/webrtc/vp9.ts";

/** First bytes of a key frame and of another as libvpx makes them: frame marker 2, profile 0, then `frame_type`. */
const KEY = Buffer.of(0x82, 0x49, 0x83, 0x42);
const DELTA = Buffer.of(0x86, 0x00);

describe("VP9 in packets (RFC 9628)", () => {
	test("says where a frame begins and ends, and whether it refers to others", () => {
		expect(packetiseVp9(KEY, 1180)).toEqual([Buffer.concat([Buffer.of(0b0000_1100), KEY])]);
		const frame = Buffer.concat([DELTA, Buffer.alloc(5)]);
		expect(packetiseVp9(frame, 4).map((packet) => packet[0])).toEqual([0b0100_1000, 0b0100_0000, 0b0100_0100]);
	});

	test("comes back whole, whatever its size", () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), fc.integer({ min: 2, max: 1180 }), (body, most) => {
				const frame = Buffer.concat([KEY, body]);
				const packets = packetiseVp9(frame, most);
				expect(packets.every(({ length }) => length <= most)).toBe(true);
				const joined = joinVp9(packets);
				expect(joined?.key).toBe(true);
				expect(Buffer.concat(joined?.data ?? [])).toEqual(frame);
			}),
			{ numRuns: 200 },
		);
	});

	// I P L F B E V Z, then what they announce.
	test.each([
		["a picture id of 7 bits", [0b1000_1100, 0x11]],
		["a picture id of 15 bits", [0b1000_1100, 0x81, 0x23]],
		["layers and an index of their base", [0b1010_1100, 0x11, 0x00, 0x07]],
		["layers in flexible mode", [0b1011_1100, 0x11, 0x00]],
		["two references", [0b1101_1100, 0x11, 0x03, 0x04]],
		["three references, the last of which claims another", [0b1101_1100, 0x11, 0x03, 0x05, 0x07]],
		["a structure with one size", [0b1000_1110, 0x11, 0b0001_0000, 2, 0, 2, 0]],
		["a structure with two sizes", [0b1000_1110, 0x11, 0b0011_0000, 1, 0, 1, 0, 2, 0, 2, 0]],
		[
			"a structure of two pictures with references",
			[0b1000_1110, 0x11, 0b0000_1000, 2, 0b0000_0100, 1, 0b0000_1000, 1, 2],
		],
	])("is found behind %s", (_, descriptor) => {
		const joined = joinVp9([Buffer.concat([Buffer.from(descriptor), KEY])]);
		expect(Buffer.concat(joined?.data ?? [])).toEqual(KEY);
		expect(joined?.key).toBe(((descriptor[0] ?? 0) & 0x40) === 0);
	});

	test("is no frame without its beginning, nor without a payload", () => {
		expect(joinVp9(packetiseVp9(Buffer.concat([KEY, Buffer.alloc(3000)]), 1180).slice(1))).toBeUndefined();
		expect(joinVp9([Buffer.of(0b0000_1100)])).toBeUndefined();
		expect(joinVp9([])).toBeUndefined();
	});
});
