import { describe, expect, test } from "vitest";
import { crossFade } from "../../../src/media/fade.ts";
import { Frame } from "../../../src/media/frame.ts";
import { FramePool } from "../../../src/media/pool.ts";

const pool = new FramePool();
const flat = (pixel: number[], width = 5, height = 3, options = {}) =>
	new Frame(
		{ width, height },
		Uint8Array.from({ length: width * height * 4 }, (_, at) => pixel[at % 4] as number),
		options,
	);

describe("a cross-fade", () => {
	test.each([
		[-1, [0, 100, 255, 255]],
		[0, [0, 100, 255, 255]],
		[0.25, [64, 125, 191, 255]],
		[0.5, [128, 150, 128, 255]],
		[1, [255, 200, 0, 255]],
		[2, [255, 200, 0, 255]],
	])("at weight %f", (weight, expected) => {
		using result = crossFade(flat([0, 100, 255, 255]), flat([255, 200, 0, 255]), weight, pool);
		expect(result.data).toEqual(flat(expected).data);
	});

	test("has the size and the stamp of the newer frame", () => {
		const stamp = { captured: 1, made: 2, chunk: 3, revision: 4 };
		using result = crossFade(flat([80, 80, 80, 255], 64, 9), flat([0, 0, 0, 255], 5, 3, stamp), 0.5, pool);
		expect(result.size).toEqual({ width: 5, height: 3 });
		expect(result.stamp).toEqual(stamp);
		expect(result.data).toEqual(flat([40, 40, 40, 255]).data);
	});

	test("closes neither frame", () => {
		const before = flat([1, 1, 1, 255]);
		const after = flat([2, 2, 2, 255]);
		for (const weight of [0, 0.5, 1]) crossFade(before, after, weight, pool).close();
		expect([before.closed, after.closed]).toEqual([false, false]);
	});

	test("from clear to a colour shows only the colour", () => {
		using result = crossFade(flat([0, 255, 0, 0], 2, 2, { alpha: true }), flat([200, 0, 0, 255], 2, 2), 0.5, pool);
		expect(result.alpha).toBe(true);
		expect(result.data).toEqual(flat([199, 0, 0, 128], 2, 2).data);
	});
});
