import { describe, expect, test } from "vitest";
import { monotonic } from "../../../src/media/clock.ts";
import { untilDue } from "../../../src/media/due.ts";

describe("waiting until something is due", () => {
	test("never ends before", async () => {
		for (const seconds of [0.0004, 0.001, 0.0017, 0.02]) {
			const due = monotonic() + seconds;
			await untilDue(due, new AbortController().signal);
			expect(monotonic()).toBeGreaterThanOrEqual(due);
		}
	});

	test("ends at once when it is past", async () => {
		await untilDue(monotonic() - 1000, new AbortController().signal);
	});

	test("throws the signal's own reason, also when it came before", async () => {
		const stop = new AbortController();
		const reason = new Error("enough");
		const waiting = untilDue(monotonic() + 1000, stop.signal);
		stop.abort(reason);
		await expect(waiting).rejects.toBe(reason);
		await expect(untilDue(0, stop.signal)).rejects.toBe(reason);
	});
});
