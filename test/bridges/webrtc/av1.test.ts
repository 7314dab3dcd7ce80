import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinAv1, packetiseAv1 } from "../../../bridges/webrtc/av1.ts";

/** Units with their sizes: a temporal delimiter, a sequence header of 11 bytes, frames. */
const DELIMITER = Buffer.of(0x12, 0x00);
const HEADER = Buffer.from("0a0b0000000c47fffe257c8020", "hex");
const FRAME = Buffer.of(0x32, 0x03, 7, 8, 9);

function leb128(value: number): Buffer {
	return value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value & 127) | 128), leb128(value >> 7)]);
}

/** A frame of so many bytes, with its size. */
function frame(size: number, type = 6): Buffer {
	return Buffer.concat([Buffer.of((type << 3) | 2), leb128(size), Buffer.alloc(size, 0xa5)]);
}

function back(packets: readonly Buffer[]) {
	const joined = joinAv1(packets);
	return joined && { key: joined.key, data: Buffer.concat(joined.data) };
}

describe("AV1 in packets (RTP payload format for AV1)", () => {
	test("has its units one after the other, without delimiter and sizes, the last without a length", () => {
		const [packet, ...more] = packetiseAv1(Buffer.concat([DELIMITER, HEADER, FRAME]), 1180);
		expect(more).toEqual([]);
		// Z 0, Y 0, W 2, N 1; 12 bytes of sequence header; the frame.
		expect(packet?.toString("hex")).toBe("280c080000000c47fffe257c802030070809");
	});

	test("begins no new sequence with what is no key frame", () => {
		expect(packetiseAv1(Buffer.concat([DELIMITER, FRAME]), 1180).map((packet) => packet.toString("hex"))).toEqual([
			"1030070809",
		]);
	});

	test("says which units go on in the next packet", () => {
		const packets = packetiseAv1(Buffer.concat([DELIMITER, HEADER, frame(2500)]), 1180);
		const heads = packets.map((packet) => packet[0]);
		expect(heads).toEqual([0b0110_1000, 0b1101_0000, 0b1001_0000]);
	});

	test("comes back whole, whatever its units", () => {
		const sizes = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 8 });
		fc.assert(
			fc.property(sizes, fc.boolean(), fc.integer({ min: 40, max: 1180 }), (sizes, key, most) => {
				const units = Buffer.concat([...(key ? [HEADER] : []), ...sizes.map((size) => frame(size))]);
				const packets = packetiseAv1(Buffer.concat([DELIMITER, units, frame(20, 15)]), most);
				expect(packets.every(({ length }) => length <= most)).toBe(true);
				expect(back(packets)).toEqual({ key, data: units });
			}),
			{ numRuns: 300 },
		);
	});

	test("is read where every unit has a length, and where one keeps its size or has an extension", () => {
		expect(back([Buffer.concat([Buffer.of(0), Buffer.of(4), Buffer.of(0x30, 7, 8, 9)])])?.data).toEqual(FRAME);
		expect(back([Buffer.concat([Buffer.of(0x10), FRAME])])?.data).toEqual(FRAME);
		expect(back([Buffer.of(0x10, 0x34, 0x08, 7)])?.data).toEqual(Buffer.of(0x36, 0x08, 1, 7));
	});

	test("is no frame without its beginning, without its end, or with lengths that lie", () => {
		const packets = packetiseAv1(Buffer.concat([HEADER, frame(4000)]), 1180);
		expect(packets.length).toBe(4);
		expect(joinAv1(packets.slice(1))).toBeUndefined();
		expect(joinAv1(packets.slice(0, -1))).toBeUndefined();
		expect(joinAv1([])).toBeUndefined();
		expect(joinAv1([Buffer.of(0x20, 0x7f, 1)])).toBeUndefined();
	});
});
