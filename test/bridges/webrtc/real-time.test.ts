import { describe, expect, test } from "vitest";
import { type Measure, RealTime } from "../../../bridges/webrtc/real-time.ts";

function open(measure: Measure) {
	const asked: string[] = [];
	const realTime = new RealTime((codec, { width, height }) => {
		asked.push(`${codec} ${width}×${height}`);
		return measure(codec, { width, height });
	});
	return { realTime, asked };
}

describe("what is encoded in real time", () => {
	test("takes less than half of a frame's interval", async () => {
		const { realTime } = open(async () => 0.016);
		expect(await realTime.holds("vp9", { width: 1280, height: 720 }, 30)).toBe(true);
		expect(await realTime.holds("vp9", { width: 1280, height: 720 }, 60)).toBe(false);
	});

	test("is measured once for sizes that are about the same, at the largest of them", async () => {
		const { realTime, asked } = open(async () => 0.01);
		await Promise.all([
			realTime.holds("vp9", { width: 320, height: 260 }, 30),
			realTime.holds("vp9", { width: 512, height: 512 }, 30),
		]);
		await realTime.holds("vp9", { width: 1280, height: 720 }, 30);
		await realTime.holds("av1", { width: 720, height: 1280 }, 30);
		await realTime.holds("av1", { width: 5000, height: 3000 }, 30);
		expect(asked).toEqual(["vp9 512×512", "vp9 1280×720", "av1 1280×720", "av1 5000×3000"]);
	});

	test("is measured again after a minute if it was too slow, and not if it held", async () => {
		let now = 0;
		const taken = [0.1, 0.01, 1];
		const realTime = new RealTime(
			async () => taken.shift() ?? 1,
			() => now,
		);
		const size = { width: 512, height: 512 };
		expect(await realTime.holds("vp9", size, 30)).toBe(false);
		now = 59;
		expect(await realTime.holds("vp9", size, 30)).toBe(false);
		now = 60;
		expect(await realTime.holds("vp9", size, 30)).toBe(true);
		now = 600;
		expect(await realTime.holds("vp9", size, 30)).toBe(true);
	});

	test("is nothing that cannot be encoded at all", async () => {
		const { realTime } = open(() => Promise.reject(new Error("there is no such encoder")));
		expect(await realTime.holds("av1", { width: 320, height: 240 }, 30)).toBe(false);
	});

	test("is found out by encoding", async () => {
		const size = { width: 64, height: 64 };
		for (const codec of ["vp9", "av1"] as const) {
			expect(await new RealTime().holds(codec, size, 1e-3)).toBe(true);
			expect(await new RealTime().holds(codec, size, 1e6)).toBe(false);
		}
	});
});
