import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBrain, fromFloat8, fromHalf, toBrain, toHalf } from "../../../src/inference/half.ts";

test("every fp16 is read and written back", () => {
	for (let bits = 0; bits < 65536; bits++) {
		const value = fromHalf(bits);
		if (Number.isNaN(value)) expect(fromHalf(toHalf(value))).toBeNaN();
		else expect(toHalf(value)).toBe(bits);
	}
});

test("numbers known from IEEE 754 are read right", () => {
	const known = [
		[0x3c00, 1],
		[0xc000, -2],
		[0x7bff, 65504],
		[0x0400, 2 ** -14],
		[0x0001, 2 ** -24],
		[0x7c00, Infinity],
		[0x3555, 1365 / 4096],
	] as const;
	for (const [bits, value] of known) expect(fromHalf(bits)).toBe(value);
	expect(Object.is(fromHalf(0x8000), -0)).toBe(true);
});

test("fp16 is the nearest, ties to even, and what is too large is infinite", () => {
	expect(toHalf(65519.99)).toBe(0x7bff);
	expect(toHalf(65520)).toBe(0x7c00);
	expect(toHalf(1 + 2 ** -11)).toBe(0x3c00);
	expect(toHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
	expect(toHalf(2 ** -25)).toBe(0);
	expect(toHalf(1.001 * 2 ** -25)).toBe(1);
	expect(toHalf(-(2 ** -24) * 1.5)).toBe(0x8002);
	expect(toHalf(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
	fc.assert(
		fc.property(fc.float({ min: -66000, max: 66000, noNaN: true }), (value) => {
			const bits = toHalf(value);
			if ((bits & 0x7fff) === 0x7c00) return Math.abs(value) >= 65520;
			const error = Math.abs(fromHalf(bits) - value);
			return [bits - 1, bits + 1].every((other) => !(Math.abs(fromHalf(other & 0xffff) - value) < error));
		}),
	);
});

test("every bf16 is read and written back", () => {
	for (let bits = 0; bits < 65536; bits++) {
		const value = fromBrain(bits);
		if (Number.isNaN(value)) expect(fromBrain(toBrain(value))).toBeNaN();
		else expect(toBrain(value)).toBe(bits);
	}
});

test("bf16 is the nearest, ties to even", () => {
	expect(toBrain(1)).toBe(0x3f80);
	expect(toBrain(1 + 2 ** -8)).toBe(0x3f80);
	expect(toBrain(1 + 2 ** -8 + 2 ** -20)).toBe(0x3f81);
	expect(toBrain(1 + 3 * 2 ** -8)).toBe(0x3f82);
	expect(toBrain(Math.fround(1 + 2 ** -8 + 2 ** -23))).toBe(0x3f81);
	expect(toBrain(3.4e38)).toBe(0x7f80);
	expect(toBrain(-Infinity)).toBe(0xff80);
});

test("fp8 has 448 for its largest, 2⁻⁹ for its least, and no infinity", () => {
	expect([0x00, 0x01, 0x07, 0x08, 0x38, 0x7e].map(fromFloat8)).toEqual([0, 2 ** -9, 7 * 2 ** -9, 2 ** -6, 1, 448]);
	expect([0x81, 0xb8, 0xfe].map(fromFloat8)).toEqual([-(2 ** -9), -1, -448]);
	expect(fromFloat8(0x7f)).toBeNaN();
	expect(fromFloat8(0xff)).toBeNaN();
	const rising = Array.from({ length: 127 }, (_, bits) => fromFloat8(bits));
	expect(rising).toEqual(rising.toSorted((a, b) => a - b));
});
