import { expect, test } from "vitest";
import { toMask, toPixels, unrounded } from "../../../pipelines/wan/pixels.ts";

test("a mask is how opaque a picture is, at the size that is wanted", () => {
	const data = new Uint8Array([9, 9, 9, 0, 9, 9, 9, 255]);
	expect([...toMask({ size: { width: 2, height: 1 }, data }, 1, 2)]).toEqual([0, 1]);
	expect([...toMask({ size: { width: 2, height: 1 }, data }, 2, 4)]).toEqual([0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1]);
});

test("pixels that were cut down to bytes are on average what they were", () => {
	const levels = Float32Array.from({ length: 4000 }, (_, i) => (i + 0.5) / 2000 - 1);
	const data = Uint8Array.from({ length: 16_000 }, (_, i) => Math.trunc(((levels[i >> 2] as number) / 2 + 0.5) * 255));
	const read = toPixels({ size: { width: 4000, height: 1 }, data }, 1, 4000);
	const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
	expect(mean(read)).toBeLessThan(mean(levels) - 0.003);
	expect(mean(unrounded(read.subarray(0, 4000)))).toBeCloseTo(mean(levels), 4);
});
