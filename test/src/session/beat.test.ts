import { expect, test } from "vitest";
import { Beat } from "../../../src/session/beat.ts";

test("frames of a rate are due evenly, at the session's most if that is less", () => {
	let now = 0;
	const beat = new Beat(() => now);
	const due = (rate: number, fps: number) => {
		now = Math.max(now, beat.due(rate, fps));
		return now;
	};
	expect([due(30, 60), due(30, 60), due(30, 60)].map((at) => at * 30)).toEqual(
		[0, 1, 2].map((at) => expect.closeTo(at, 9)),
	);
	const from = now;
	expect(due(30, 10) - from).toBeCloseTo(0.1, 9);
});

test("frames without a rate are shown at once as long as they are not too many", () => {
	let now = 0;
	const beat = new Beat(() => now);
	let waits = 0;
	// A camera of 60 fps whose frames are up to a third of a frame early or late.
	for (let frame = 0; frame < 600; frame++) {
		now = (frame + (frame % 3) / 3 - 1 / 3) / 60;
		if (beat.due(undefined, 60) > now) waits++;
	}
	expect(waits).toBe(0);
});

test("frames without a rate that are too many are held back to the session's most", () => {
	let now = 0;
	const beat = new Beat(() => now);
	let shown = 0;
	while (now < 10) {
		now = Math.max(now + 1 / 240, beat.opens(30));
		now = beat.due(undefined, 30);
		shown++;
	}
	expect(Math.abs(shown - 300)).toBeLessThanOrEqual(2);
});
