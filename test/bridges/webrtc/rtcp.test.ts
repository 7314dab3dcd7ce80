import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RtcpPacketConverter, type RtcpRrPacket, type RtcpSrPacket } from "werift";
import {
	estimate,
	goodbye,
	middle,
	nack,
	parseRtcp,
	pictureLoss,
	receiverReport,
	senderReport,
	toNtp,
} from "../../../bridges/webrtc/rtcp.ts";

describe("RTCP", () => {
	test("a sender report carries the time to far less than a millisecond", () => {
		const unix = 1_763_632_800.123_456;
		const [report] = parseRtcp(senderReport(7, { ntp: toNtp(unix), timestamp: 90_000, packets: 3, bytes: 400 }, "us"));
		expect(report).toMatchObject({ type: "sender-report", ssrc: 7, timestamp: 90_000 });
		const ntp = report?.type === "sender-report" ? report.ntp : 0n;
		expect(Number(ntp) / 2 ** 32 - 2_208_988_800).toBeCloseTo(unix, 5);
		expect(middle(ntp)).toBe(Number((ntp >> 16n) & 0xffffffffn));
	});

	test("a goodbye names each stream, behind a report", () => {
		const sent = goodbye(7, [7, 0xfedcba98], "us");
		expect(sent[1]).toBe(201);
		// RFC 3550 §6.6: two sources, type 203, two words, both sources.
		expect(sent.subarray(-12).toString("hex")).toBe("82cb000200000007fedcba98");
		expect(parseRtcp(sent)).toEqual([{ type: "bye", ssrc: 7 }]);
	});

	test("another implementation reads our reports", () => {
		const sent = senderReport(7, { ntp: toNtp(1), timestamp: 2, packets: 3, bytes: 4 }, "us");
		const [sender] = RtcpPacketConverter.deSerialize(sent);
		expect((sender as RtcpSrPacket).senderInfo).toMatchObject({ rtpTimestamp: 2, packetCount: 3, octetCount: 4 });
		const report = { ssrc: 9, loss: 0.25, lost: 5, highest: 70_000, jitter: 12, lastReport: 77, sinceReport: 0.5 };
		const [receiver] = RtcpPacketConverter.deSerialize(receiverReport(1, [report], "us"));
		expect((receiver as RtcpRrPacket).reports[0]).toMatchObject({
			ssrc: 9,
			fractionLost: 64,
			packetsLost: 5,
			highestSequence: 70_000,
			jitter: 12,
			lsr: 77,
			dlsr: 32_768,
		});
	});

	test("what is asked for again is what was said to be lost, across the end of the numbers", () => {
		fc.assert(
			fc.property(fc.nat(65_535), fc.uniqueArray(fc.nat(300), { minLength: 1 }), (start, steps) => {
				const lost = steps.toSorted((a, b) => a - b).map((step) => (start + step) & 0xffff);
				const [said] = parseRtcp(nack(1, 2, lost));
				expect(said).toEqual({ type: "nack", ssrc: 2, lost });
			}),
		);
	});

	test("an estimate comes back to one part in 100,000", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1000, max: 2_000_000_000 }), (bitrate) => {
				const [said] = parseRtcp(estimate(1, 2, bitrate));
				const read = said?.type === "estimate" ? said.bitrate : 0;
				expect(Math.abs(read / bitrate - 1)).toBeLessThan(1e-3);
			}),
		);
	});

	test("a full intra request is a request for a key frame, as a picture loss is", () => {
		const fir = Buffer.alloc(20);
		fir.writeUInt8(0x84, 0);
		fir.writeUInt8(206, 1);
		fir.writeUInt16BE(4, 2);
		fir.writeUInt32BE(42, 12);
		expect(parseRtcp(fir)).toEqual([{ type: "key-frame", ssrc: 42 }]);
		expect(parseRtcp(pictureLoss(1, 42))).toEqual([{ type: "key-frame", ssrc: 42 }]);
	});

	test("whatever comes in, reading it ends without an error", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(Array.isArray(parseRtcp(Buffer.from(bytes)))).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});
