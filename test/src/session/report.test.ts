import { expect, test } from "vitest";
import { Report } from "../../../src/session/report.ts";

test("rates are of the last second, latencies of the last three, counts of all time", () => {
	let now = 0;
	const report = new Report(() => now);
	const size = { width: 64, height: 36 };
	for (let frame = 1; frame <= 300; frame++) {
		now = frame / 30;
		report.chunk(1, 0.004);
		report.shown(frame, size, { captured: now - 0.02, made: now - 0.005, shown: now });
	}
	report.dropped(3);
	report.late();
	report.tapFailed();
	const read = report.read();
	expect(read).toMatchObject({ frame: 300, width: 64, height: 36, dropped: 3, late: 1, tapFailures: 1 });
	expect(Math.abs(read.madeFps - 30)).toBeLessThanOrEqual(1);
	expect(Math.abs(read.shownFps - 30)).toBeLessThanOrEqual(1);
	expect(read.latencyP50).toBeCloseTo(0.02, 9);
	expect(read.paceP50).toBeCloseTo(0.005, 9);
	expect(read.chunkP95).toBeCloseTo(0.004, 9);
	now += 10;
	expect(report.read()).toMatchObject({ madeFps: 0, shownFps: 0, latencyP50: 0, frame: 300 });
});

test("a session that has just begun is not slow", () => {
	let now = 100;
	const report = new Report(() => now);
	for (let frame = 0; frame < 15; frame++) {
		now += 1 / 30;
		report.chunk(1, 0);
	}
	expect(report.read().madeFps).toBeCloseTo(30, 6);
});

test("reasons are there as long as they hold, each of its own", () => {
	const report = new Report(() => 0);
	expect(report.read()).not.toHaveProperty("reason");
	report.because("source", "No ring.");
	report.because("pipeline", "No model.");
	expect(report.read().reason).toBe("No ring. No model.");
	report.because("source", undefined);
	expect(report.read().reason).toBe("No model.");
	report.because("pipeline", undefined);
	expect(report.read()).not.toHaveProperty("reason");
});
