import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitSize, goodBitrate, LEAST, Link, rungFor, sizeFor } from "../../../bridges/webrtc/bitrate.ts";

const MEGA = 1_000_000;

describe("the bitrate of a link", () => {
	test("goes down at once when the receiver lowers its estimate, and only then", () => {
		const link = new Link(3 * MEGA, 0);
		link.estimate(1.2 * MEGA, 5);
		expect(link.target).toBe(3 * MEGA);
		link.estimate(1.0 * MEGA, 5.2);
		expect(link.target).toBeCloseTo(0.9 * MEGA);
		expect(link.troubled).toBe(true);
	});

	test("comes down to what arrives when much is lost and packets queue", () => {
		const link = new Link(2.5 * MEGA, 0);
		link.reception(0, 0.001, 2.5 * MEGA, 0.5);
		link.reception(0.5, 0.2, 2.5 * MEGA, 1);
		expect(link.target).toBeCloseTo(1.125 * MEGA);
	});

	test("comes down when half of everything is lost, even if the queue was there from the beginning", () => {
		const link = new Link(2.5 * MEGA, 0);
		for (let now = 0.2; now < 2; now += 0.2) link.reception(0.5, 0.2, link.target, now);
		expect(link.target).toBeLessThan(1.2 * MEGA);
		const knowing = new Link(2.5 * MEGA, 0, 0.002);
		for (let now = 0.2; now < 0.7; now += 0.2) knowing.reception(0.4, 0.2, 2.5 * MEGA, now);
		expect(knowing.target).toBeLessThan(1.4 * MEGA);
	});

	test("is left alone by 5 % of loss, and by a busy moment", () => {
		const link = new Link(2.5 * MEGA, 0);
		// Of a dozen packets in a report now and then two are lost, and mostly none.
		for (let now = 0; now < 20; now += 0.2) link.reception(Math.round(now * 5) % 3 ? 0 : 0.17, 0.001, 2.5 * MEGA, now);
		expect(link.loss).toBeGreaterThan(0.03);
		link.reception(0, 0.3, 2.5 * MEGA, 20);
		link.reception(0, 0.001, 2.5 * MEGA, 20.2);
		expect(link.target).toBe(2.5 * MEGA);
	});

	test("grows back slowly, up to the estimate, once nothing is lost", () => {
		const link = new Link(2 * MEGA, 0);
		link.estimate(1.5 * MEGA, 1);
		link.estimate(1.2 * MEGA, 1.2);
		for (let now = 1.2; now < 30; now += 0.25) link.tick(3 * MEGA, now);
		expect(link.target).toBeCloseTo(1.2 * MEGA);
		link.estimate(9 * MEGA, 30);
		for (let now = 30; now < 60; now += 0.25) link.tick(3 * MEGA, now);
		expect(link.target).toBe(3 * MEGA);
	});

	test("stays between the least and the most whatever is reported", () => {
		const report = fc.record({
			loss: fc.double({ min: 0, max: 1, noNaN: true }),
			trip: fc.double({ min: 0, max: 5, noNaN: true }),
			remb: fc.integer({ min: 0, max: 100 * MEGA }),
		});
		fc.assert(
			fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
				const link = new Link(2 * MEGA, 0);
				for (const [i, { loss, trip, remb }] of reports.entries()) {
					link.reception(loss, trip, link.target, i / 4);
					link.estimate(remb, i / 4);
					link.tick(4 * MEGA, i / 4);
					expect(link.target).toBeGreaterThanOrEqual(LEAST);
					expect(link.target).toBeLessThanOrEqual(4 * MEGA);
				}
			}),
		);
	});
});

describe("the size and the rung", () => {
	test("are what was found good", () => {
		expect(goodBitrate({ width: 512, height: 512 }, 30)).toBe(1.5 * MEGA);
		expect(goodBitrate({ width: 1280, height: 720 }, 30) / MEGA).toBeCloseTo(3.1, 1);
		expect(goodBitrate({ width: 1920, height: 1080 }, 30) / MEGA).toBeCloseTo(5, 0);
	});

	test("sizes are even and keep within bounds", () => {
		expect(fitSize({ width: 3840, height: 2160 }, { width: 1920, height: 1080 })).toEqual({
			width: 1920,
			height: 1080,
		});
		expect(fitSize({ width: 513, height: 255 }, { width: 1920, height: 1080 })).toEqual({ width: 512, height: 254 });
		expect(fitSize({ width: 1000, height: 3000 }, { width: 1920, height: 1080 })).toEqual({ width: 360, height: 1080 });
	});

	test("a poor link halves the picture, and it grows back only with some room", () => {
		const size = { width: 1280, height: 720 };
		expect(sizeFor(size, 450_000, false)).toEqual(size);
		expect(sizeFor(size, 390_000, false)).toEqual({ width: 640, height: 360 });
		expect(sizeFor(size, 450_000, true)).toEqual({ width: 640, height: 360 });
		expect(sizeFor(size, 560_000, true)).toEqual(size);
	});

	test("a slow viewer gets an encode of its own, and comes back only with some room", () => {
		expect(rungFor(2.9 * MEGA, 3 * MEGA, 0)).toBe(0);
		expect(rungFor(1.0 * MEGA, 3 * MEGA, 0)).toBe(1);
		expect(rungFor(1.3 * MEGA, 3 * MEGA, 1)).toBe(1);
		expect(rungFor(1.6 * MEGA, 3 * MEGA, 1)).toBe(0);
		expect(rungFor(0.3 * MEGA, 3 * MEGA, 0)).toBe(2);
		expect(rungFor(2 * MEGA, 3 * MEGA, 2)).toBe(0);
	});
});
