import { describe, expect, test } from "vitest";
import { Outbound } from "../../../bridges/webrtc/outbound.ts";
import { parseRtcp } from "../../../bridges/webrtc/rtcp.ts";
import { parseRtp, type RtpPacket } from "../../../bridges/webrtc/rtp.ts";

function open({ repeats = true } = {}) {
	let now = 100;
	let keys = 0;
	const sent: RtpPacket[] = [];
	const reports: Buffer[] = [];
	const outbound = new Outbound({
		ssrc: 11,
		payloadType: 96,
		retransmission: repeats ? { ssrc: 12, payloadType: 97 } : undefined,
		extensions: new Map([[4, Buffer.of(0, 0, 0)]]),
		name: "test",
		bitrate: 8_000_000,
		now: () => now,
		wall: () => 1_763_632_800 + now,
		sendRtp: (_ssrc, _sequence, header, payload) => {
			const packet = parseRtp(Buffer.concat([header, payload]));
			if (packet) sent.push(packet);
		},
		sendRtcp: (compound) => reports.push(compound),
		keyFrame: () => keys++,
	});
	const frame = (bytes = 3, count = 3) => Array.from({ length: count }, (_, i) => Buffer.alloc(bytes, i));
	return {
		outbound,
		sent,
		reports,
		frame,
		keys: () => keys,
		pass(seconds: number) {
			now += seconds;
			outbound.tick(8_000_000);
		},
	};
}

describe("a stream to a viewer", () => {
	test("numbers packets without a gap, across frames, and marks the last of each", () => {
		const { outbound, sent, frame } = open();
		outbound.send(frame(), 0);
		outbound.send(frame(), 3000);
		const first = sent[0]?.sequence ?? 0;
		expect(sent.map(({ sequence }) => sequence - first)).toEqual([0, 1, 2, 3, 4, 5]);
		expect(sent.map(({ marker }) => marker)).toEqual([false, false, true, false, false, true]);
		expect(((sent[3]?.timestamp ?? 0) - (sent[0]?.timestamp ?? 0)) >>> 0).toBe(3000);
	});

	// werift's sender keeps 128 packets: less than a key frame of 1080p.
	test("sends again what was lost among the last 900 packets, as RTX", () => {
		const { outbound, sent, frame, pass, keys } = open();
		for (let i = 0; i < 100; i++) outbound.send(frame(100, 9), i * 3000);
		const lost = sent[3]?.sequence ?? 0;
		pass(0.3);
		outbound.feedback({ type: "nack", ssrc: 11, lost: [lost] });
		const again = sent.at(-1);
		expect(again).toMatchObject({ ssrc: 12, payloadType: 97 });
		expect(again?.payload.readUInt16BE(0)).toBe(lost);
		expect(again?.payload.subarray(2)).toEqual(sent[3]?.payload);
		expect(keys()).toBe(0);
	});

	test("sends again twice where much is lost", async () => {
		const { outbound, sent, frame, pass } = open();
		outbound.send(frame(), 0);
		pass(0.1);
		const report = { ssrc: 11, loss: 0.05, lost: 1, highest: 3, jitter: 0, lastReport: 0, sinceReport: 0 };
		pass(1);
		outbound.feedback({ type: "reception", ...report });
		outbound.feedback({ type: "nack", ssrc: 11, lost: [sent[1]?.sequence ?? 0] });
		await expect.poll(() => sent.length).toBe(5);
		expect(sent[4]?.payload).toEqual(sent[3]?.payload);
		expect(sent[4]?.sequence).not.toBe(sent[3]?.sequence);
	});

	test("sends it again as it was where RTX was not agreed on", () => {
		const { outbound, sent, frame, pass } = open({ repeats: false });
		outbound.send(frame(), 0);
		pass(0.1);
		outbound.feedback({ type: "nack", ssrc: 11, lost: [sent[1]?.sequence ?? 0] });
		expect(sent.at(-1)).toEqual(sent[1]);
	});

	test("asks for a key frame when what is missing is gone", () => {
		const { outbound, sent, frame, pass, keys } = open();
		outbound.send(frame(), 0);
		pass(2);
		outbound.feedback({ type: "nack", ssrc: 11, lost: [sent[0]?.sequence ?? 0] });
		expect(keys()).toBe(1);
		outbound.feedback({ type: "key-frame", ssrc: 11 });
		expect(keys()).toBe(2);
		outbound.feedback({ type: "key-frame", ssrc: 99 });
		expect(keys()).toBe(2);
	});

	// werift's sender reports are cut to whole seconds.
	test("reports once a second when it was which timestamp", () => {
		const { outbound, reports, frame, sent, pass } = open();
		outbound.send(frame(), 100 * 90_000);
		pass(0.25);
		pass(1);
		const [first, second] = reports
			.flatMap((report) => parseRtcp(report))
			.filter(({ type }) => type === "sender-report");
		if (first?.type !== "sender-report" || second?.type !== "sender-report") throw new Error("there are no reports");
		expect(Number(second.ntp - first.ntp) / 2 ** 32).toBeCloseTo(1, 6);
		expect((second.timestamp - first.timestamp) >>> 0).toBe(90_000);
		expect((first.timestamp - (sent[0]?.timestamp ?? 0)) >>> 0).toBe(0.25 * 90_000);
	});

	test("measures the way there and back", () => {
		const { outbound, reports, frame, pass } = open();
		outbound.send(frame(), 0);
		pass(0.1);
		const [said] = parseRtcp(reports[0] ?? Buffer.of());
		const lastReport = said?.type === "sender-report" ? Number((said.ntp >> 16n) & 0xffffffffn) : 0;
		pass(0.5);
		const report = { ssrc: 11, loss: 0, lost: 0, highest: 3, jitter: 0, lastReport, sinceReport: 0.46 };
		outbound.feedback({ type: "reception", ...report });
		expect(outbound.roundTrip).toBeCloseTo(0.04, 6);
	});

	test("lets a key frame leave in lots, in order", async () => {
		const { outbound, sent, frame } = open();
		outbound.send(frame(1180, 200), 0);
		expect(sent.length).toBeLessThan(60);
		outbound.send(frame(100, 2), 3000);
		await expect.poll(() => sent.length).toBe(202);
		const first = sent[0]?.sequence ?? 0;
		expect(sent.every(({ sequence }, i) => ((sequence - first) & 0xffff) === i)).toBe(true);
	});
});
