import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { POLICY } from "../../../src/host/policy.ts";
import { Pulse } from "../../../src/host/pulse.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A pulse, and the seconds after which its child was given up, with the reasons. */
function listen(policy = POLICY) {
	const deaths: [seconds: number, reason: string][] = [];
	const began = Date.now();
	const pulse = new Pulse(policy, (reason) => deaths.push([(Date.now() - began) / 1000, reason]));
	return { pulse, deaths, pass: (seconds: number) => vi.advanceTimersByTime(seconds * 1000) };
}

test("a child that never speaks is given up once, when it should have started", () => {
	const { deaths, pass } = listen();
	pass(100);
	expect(deaths).toEqual([[20, "it did not start within 20 s"]]);
});

test("a child that still loads what it is for may be silent for as long as it may take to start", () => {
	const { pulse, deaths, pass } = listen();
	pulse.beat();
	pass(20);
	expect(deaths).toEqual([]);
	pulse.beat();
	pass(100);
	expect(deaths).toEqual([[41, "it gave no sign of life for 20 s"]]);
});

test("a child that starts may be silent for as long as one that is ready", () => {
	const { deaths, pass } = listen({ ...POLICY, silence: 3 * POLICY.start });
	pass(200);
	expect(deaths).toEqual([[60, "it did not start within 60 s"]]);
});

test("a child that is ready is given up for a shorter silence, and not while it beats", () => {
	const { pulse, deaths, pass } = listen();
	pulse.ready();
	for (let beat = 0; beat < 100; beat++) {
		pulse.beat();
		pass(4);
	}
	expect(deaths).toEqual([]);
	pass(100);
	expect(deaths.map(([, reason]) => reason)).toEqual(["it gave no sign of life for 5 s"]);
});

test("nobody is given up after the pulse was disposed of", () => {
	const { pulse, deaths, pass } = listen();
	pulse[Symbol.dispose]();
	pass(100);
	expect(deaths).toEqual([]);
	expect(vi.getTimerCount()).toBe(0);
});
