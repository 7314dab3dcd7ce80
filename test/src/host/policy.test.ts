import { expect, test } from "vitest";
import { Crashes, POLICY } from "../../../src/host/policy.ts";

test("each crash waits longer than the one before, up to the most", () => {
	let now = 0;
	const crashes = new Crashes({ ...POLICY, crashes: 100 }, () => now);
	const delays = Array.from({ length: 20 }, () => {
		now += 100;
		return crashes.next() ?? Number.NaN;
	});
	for (const [i, delay] of delays.entries()) {
		const whole = Math.min(30, 0.1 * 2 ** i);
		expect(delay).toBeLessThanOrEqual(whole);
		expect(delay).toBeGreaterThanOrEqual(whole * 0.75);
	}
	crashes.forgive();
	expect(crashes.next()).toBeLessThanOrEqual(0.1);
});

test("eight crashes within a minute are one too many, however many within an hour are not", () => {
	let now = 0;
	const crashes = new Crashes(POLICY, () => now);
	for (let i = 0; i < 50; i++) {
		now += 10;
		expect(crashes.next()).toBeDefined();
	}
	crashes.forgive();
	const quick = Array.from({ length: 8 }, () => {
		now += 1;
		return crashes.next();
	});
	expect(quick.map((delay) => delay === undefined)).toEqual([...Array(7).fill(false), true]);
	crashes.forgive();
	expect(crashes.next()).toBeLessThanOrEqual(0.1);
});
