import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dePacketizeRtpPackets, RtpHeader, RtpPacket } from "werift";
import { depacketise } from "../../../bridges/webrtc/depacketise.ts";
import { type Codec, packetise, splitAnnexB } from "../../../bridges/webrtc/packetise.ts";
import { parseRtp, RtpHeaders, sequenceDistance } from "../../../bridges/webrtc/rtp.ts";

const PATH = 1200;

function packetsOf(payloads: readonly Buffer[], first = 65_530) {
	return payloads.map((payload, i) => ({
		payloadType: 96,
		marker: i === payloads.length - 1,
		sequence: (first + i) & 0xffff,
		timestamp: 1000,
		ssrc: 1,
		payload,
	}));
}

/** An access unit of units of these sizes, with start codes of three and four bytes. */
function accessUnit(units: readonly { readonly type: number; readonly size: number }[]): Buffer {
	return Buffer.concat(
		units.flatMap(({ type, size }, i) => [
			i % 2 ? Buffer.of(0, 0, 1) : Buffer.of(0, 0, 0, 1),
			Buffer.concat([Buffer.of(0x60 | type), Buffer.alloc(size, 0x81 + i)]),
		]),
	);
}

describe("packets", () => {
	test.each([1, 10, 1178, 1179, 1180, 5000, 200_000])("an H.264 frame of %i bytes comes back whole", (size) => {
		const frame = accessUnit([
			{ type: 7, size: 20 },
			{ type: 8, size: 4 },
			{ type: 5, size },
		]);
		const payloads = packetise("h264", frame);
		expect(payloads.every((payload) => payload.length <= PATH)).toBe(true);
		const back = depacketise("h264", packetsOf(payloads));
		expect(back?.key).toBe(true);
		expect(splitAnnexB(back?.data ?? Buffer.of())).toEqual(splitAnnexB(frame));
	});

	test.each([1, 10, 1179, 1180, 5000, 200_000])("a VP8 frame of %i bytes comes back whole", (size) => {
		const frame = Buffer.concat([Buffer.of(0x10), Buffer.alloc(size, 7)]);
		const payloads = packetise("vp8", frame);
		expect(payloads.every((payload) => payload.length <= PATH)).toBe(true);
		const back = depacketise("vp8", packetsOf(payloads));
		expect(back).toMatchObject({ key: true, timestamp: 1000 });
		expect(back?.data).toEqual(frame);
	});

	test.each([
		["h264", "MPEG4/ISO/AVC"],
		["vp8", "VP8"],
	] as const)("another implementation puts our %s together", (codec, name) => {
		const frame =
			codec === "h264"
				? accessUnit([
						{ type: 7, size: 20 },
						{ type: 8, size: 4 },
						{ type: 5, size: 4000 },
					])
				: Buffer.concat([Buffer.of(0x10), Buffer.alloc(4000, 7)]);
		const packets = packetsOf(packetise(codec, frame)).map(
			({ sequence, marker, payload }) => new RtpPacket(new RtpHeader({ sequenceNumber: sequence, marker }), payload),
		);
		const back = dePacketizeRtpPackets(name, packets);
		expect(back.isKeyframe).toBe(true);
		if (codec === "vp8") expect(back.data).toEqual(frame);
		else expect(splitAnnexB(back.data)).toEqual(splitAnnexB(frame));
	});

	test("a picture whose beginning was lost is no key frame", () => {
		const frame = accessUnit([{ type: 5, size: 4000 }]);
		const payloads = packetise("h264", frame).slice(1);
		expect(depacketise("h264", packetsOf(payloads))).toBeUndefined();
		const vp8 = packetise("vp8", Buffer.concat([Buffer.of(0x10), Buffer.alloc(4000)])).slice(1);
		expect(depacketise("vp8", packetsOf(vp8))).toBeUndefined();
	});

	test("headers say what they were told, extensions included", () => {
		const extensions = new Map([
			[3, Buffer.from("0")],
			[7, Buffer.of(0, 0, 0)],
		]);
		const headers = new RtpHeaders({ ssrc: 0xfedcba98, payloadType: 102, extensions });
		const header = headers.write(65_535, 0xffffffff, true);
		const read = RtpHeader.deSerialize(Buffer.concat([header, Buffer.of(1)]));
		expect(read).toMatchObject({
			ssrc: 0xfedcba98,
			payloadType: 102,
			sequenceNumber: 65_535,
			timestamp: 0xffffffff,
			marker: true,
		});
		expect(read.extensions.map(({ id, payload }) => [id, [...payload]])).toEqual([
			[3, [48]],
			[7, [0, 0, 0]],
		]);
		expect(parseRtp(Buffer.concat([header, Buffer.of(9)]))).toMatchObject({
			sequence: 65_535,
			marker: true,
			payload: Buffer.of(9),
		});
	});

	test("whatever comes in, reading it ends without an error", () => {
		const codec = fc.constantFrom<Codec>("h264", "vp8", "vp9", "av1");
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), codec, (payloads, codec) => {
				depacketise(codec, packetsOf(payloads.map((payload) => Buffer.from(payload))));
				for (const payload of payloads) parseRtp(Buffer.from(payload));
			}),
			{ numRuns: 3000 },
		);
	});

	test("distances are taken on the circle of 16 bits", () => {
		expect(sequenceDistance(65_535, 0)).toBe(1);
		expect(sequenceDistance(0, 65_535)).toBe(-1);
		expect(sequenceDistance(100, 40)).toBe(-60);
	});
});
