import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextDue, Pacer } from "../../../src/media/pacer.ts";

describe("the next frame", () => {
	test.each([
		["is due at once when it is the first", undefined, 5, 5],
		["is due a beat after the last", 10, 10.01, 10.5],
		["keeps the beat when it is a little late", 10, 10.7, 10.5],
		["begins a new beat when it is more than a beat late", 10, 11.1, 11.1],
	])("%s", (_, last, now, expected) => {
		expect(nextDue(last, now, 0.5)).toBe(expected);
	});
});

/** A pacer, and a show that waits for what is due and is woken a little late. Returns when each frame was shown. */
function play(
	frames: number,
	rate: number,
	lateness: (index: number) => number,
	made?: [frames: number, seconds: number],
) {
	let now = 100;
	const pacer = new Pacer(() => now);
	if (made) pacer.made(...made);
	return Array.from({ length: frames }, (_, index) => {
		now = Math.max(now, pacer.due(rate)) + lateness(index);
		return now;
	});
}

describe("a pacer", () => {
	test("does not drift, however late its timer wakes it", () => {
		const late = fc.array(fc.double({ min: 0, max: 0.03, noNaN: true }), { minLength: 10, maxLength: 300 });
		void fc.assert(
			fc.property(late, (late) => {
				const times = play(late.length, 30, (index) => late[index] as number);
				for (const [index, time] of times.entries()) {
					const ideal = 100 + index / 30;
					expect(time - ideal).toBeGreaterThan(-1e-9);
					expect(time - ideal).toBeLessThan(0.03 + 1e-9);
				}
			}),
		);
	});

	test("does not bunch frames up after a stall", () => {
		const times = play(20, 10, (index) => (index === 5 ? 3 : 0));
		const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
		expect(gaps.filter((gap) => gap < 0.1 - 1e-9).length).toBeLessThanOrEqual(1);
		expect(Math.max(...gaps)).toBeCloseTo(3.1, 9);
	});

	test("plays as fast as frames are made, when that is slower than they are meant to be", () => {
		const times = play(13, 16, () => 0, [12, 1.5]);
		expect((times.at(-1) as number) - (times[0] as number)).toBeCloseTo(1.5, 9);
	});

	test("follows a maker that becomes faster", () => {
		const now = 0;
		const pacer = new Pacer(() => now);
		pacer.made(4, 4);
		for (let chunk = 0; chunk < 60; chunk++) pacer.made(4, 0.04);
		pacer.made(0, 100);
		const first = pacer.due(30);
		expect(pacer.due(30) - first).toBeCloseTo(1 / 30, 6);
	});
});
