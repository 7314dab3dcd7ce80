import { expect, test } from "vitest";
import { Lead } from "../../../src/session/lead.ts";

/** Makes `chunks` chunks of the same cost. */
function make(lead: Lead, chunks: number, seconds: number, late = -0.001): number {
	for (let i = 0; i < chunks; i++) lead.made(seconds, late);
	return lead.seconds;
}

test("nothing is put off before it is known what a chunk takes, nor after another pipeline has come", () => {
	const lead = new Lead();
	expect(lead.seconds).toBe(Number.POSITIVE_INFINITY);
	expect(make(lead, 1, 0.01)).toBeLessThan(0.02);
	lead.restart();
	expect(lead.seconds).toBe(Number.POSITIVE_INFINITY);
});

test("the lead is a little more than the longest chunk lately", () => {
	const lead = new Lead();
	expect(make(lead, 50, 0.01)).toBeCloseTo(0.0165, 4);
	expect(make(lead, 1, 0.03)).toBeCloseTo(0.0415, 4);
	expect(make(lead, 5, 0.01)).toBeGreaterThan(0.03);
	expect(make(lead, 100, 0.01)).toBeCloseTo(0.0165, 4);
});

test("chunks that come late are begun sooner at once, and later again only slowly", () => {
	const lead = new Lead();
	const calm = make(lead, 50, 0.01);
	expect(make(lead, 1, 0.01, 0.02)).toBeCloseTo(calm + 0.02, 4);
	expect(make(lead, 60, 0.01)).toBeGreaterThan(calm + 0.01);
	expect(make(lead, 1000, 0.01)).toBeCloseTo(calm, 4);
	expect(make(lead, 1000, 0.01, 5)).toBeLessThan(1.1);
});
