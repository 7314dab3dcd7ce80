import { expect, test } from "vitest";
import { drawn, edge, type Layout } from "../drawn.ts";
import { axisOf } from "./axis.ts";
import { contrastOf, correlation, layoutOf, saturationOf } from "./look.ts";
import { distance, small, spread } from "./picture.ts";

const SIZE = { width: 128, height: 64 };
const half: Layout = (x) => (x > 0 ? 1 : 0);
const disc: Layout = (x, y) => edge(0.5 - Math.hypot(x, y));

test("a picture is made small by the means of its squares", () => {
	const picture = small(drawn({ width: 256, height: 128 }, half, [1, 0, 0]));
	expect([picture.width, picture.height]).toEqual([128, 64]);
	expect([...picture.values.subarray(0, 3), ...picture.values.subarray(-3)]).toEqual([0, 0, 0, 1, 0, 0]);
	expect(() => small({ width: 100, height: 100, data: new Uint8Array(40_000) })).toThrow(RangeError);
});

test("the axis of two colours leads from one to the other, and contrast is their distance along it", () => {
	const picture = small(drawn(SIZE, half, [0.9, 0.1, 0.1], [0.1, 0.1, 0.9]));
	const { direction, deviation } = axisOf([picture]);
	expect(Math.abs(direction[0] + direction[2])).toBeCloseTo(0, 2);
	expect(direction[1]).toBeCloseTo(0, 2);
	expect(deviation).toBeCloseTo(0.8 / Math.SQRT2, 2);
	expect(contrastOf(small(drawn(SIZE, () => 0.5)))).toBeCloseTo(0);
});

test("saturation is the range of the channels", () => {
	expect(saturationOf(small(drawn(SIZE, half, [1, 0.2, 0.2], [0.5, 0.5, 0.5])))).toBeCloseTo(0.4, 2);
});

test("a layout correlates with itself, its negative the other way, another hardly", () => {
	const layouts = [
		drawn(SIZE, disc, [1, 0, 0], [0, 0, 1]),
		drawn(SIZE, disc, [0, 0, 1], [1, 0, 0]),
		drawn(SIZE, half),
	].map((picture) => layoutOf(small(picture), [1, 0, 0], [0, 0, 1]));
	const [one, negative, other] = layouts as [Float32Array, Float32Array, Float32Array];
	expect(correlation(one, one)).toBeCloseTo(1);
	expect(correlation(one, negative)).toBeCloseTo(-1);
	expect(Math.abs(correlation(one, other))).toBeLessThan(0.1);
	expect(correlation(one, new Float32Array(one.length))).toBe(0);
});

test("pictures are as far apart as their pixels", () => {
	const [black, white] = [0, 1].map((value) => small(drawn(SIZE, () => value))) as [never, never];
	expect(distance(black, white)).toBe(1);
	expect(spread([black, black, white])).toBeCloseTo(2 / 3);
});
