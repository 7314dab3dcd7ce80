import { expect, test } from "vitest";
import { Buckets } from "../../../src/server/buckets.ts";

test("a client may burst, then goes at the rate, and rests up to the burst", () => {
	let now = 0;
	const buckets = new Buckets({ rate: 10, burst: 2, now: () => now });
	expect([buckets.take("a"), buckets.take("a")]).toEqual([0, 0]);
	expect(buckets.take("a")).toBeCloseTo(0.1);
	expect(buckets.take("b")).toBe(0);
	now = 0.1;
	expect(buckets.take("a")).toBe(0);
	now = 100;
	expect([buckets.take("a"), buckets.take("a")]).toEqual([0, 0]);
	expect(buckets.take("a")).toBeGreaterThan(0);
});

test("however many clients there are, it remembers so many", () => {
	const buckets = new Buckets({ rate: 1, burst: 1, now: () => 0, clients: 2 });
	expect([buckets.take("a"), buckets.take("b"), buckets.take("c")]).toEqual([0, 0, 0]);
	expect(buckets.take("c")).toBeGreaterThan(0);
	expect(buckets.take("a")).toBe(0);
});
