import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Size } from "../../../src/base/geometry.ts";
import { type Planes, ToI420 } from "../../../src/media/i420.ts";

const side = fc.integer({ min: 1, max: 70 });
const size = fc.record({ width: side, height: side });

/** Planes whose rows are as FFmpeg lays them out: of whole vectors. */
function planesFor({ width, height }: Size): Planes {
	const y = Math.ceil(width / 64) * 64;
	const rows = Math.ceil(height / 2);
	const plane = () => new Uint8Array((y / 2) * rows).fill(7);
	return { y: new Uint8Array(y * height).fill(7), u: plane(), v: plane(), stride: { y, uv: y / 2 } };
}

function noise({ width, height }: Size, seed: number): Uint8Array {
	return Uint8Array.from(
		{ length: width * height * 4 },
		(_, at) => (Math.imul(at + 1, 2654435761 + seed * 2) >>> 13) & 0xff,
	);
}

/** What ITU-R BT.601 makes of a colour, in video range, unrounded. */
function bt601([r, g, b]: readonly number[]): { y: number; u: number; v: number } {
	const [red = 0, green = 0, blue = 0] = [r, g, b];
	const light = 0.299 * red + 0.587 * green + 0.114 * blue;
	return {
		y: 16 + (light * 219) / 255,
		u: 128 + (((blue - light) / 1.772) * 224) / 255,
		v: 128 + (((red - light) / 1.402) * 224) / 255,
	};
}

describe("RGBA as planes of light and colour", () => {
	test("is what BT.601 says of any picture of any size, rounded", () => {
		void fc.assert(
			fc.property(size, fc.nat(99), (size, seed) => {
				const { width, height } = size;
				const pixels = noise(size, seed);
				const planes = planesFor(size);
				new ToI420(size, planes).convert(pixels);
				const colour = (x: number, y: number) => {
					const at = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 4;
					return [...pixels.subarray(at, at + 3)];
				};
				let worst = 0;
				for (let y = 0; y < height; y++) {
					for (let x = 0; x < width; x++) {
						const light = planes.y[y * planes.stride.y + x] ?? Number.NaN;
						worst = Math.max(worst, Math.abs(light - bt601(colour(x, y)).y));
					}
				}
				for (let y = 0; y < height; y += 2) {
					for (let x = 0; x < width; x += 2) {
						const four = [colour(x, y), colour(x + 1, y), colour(x, y + 1), colour(x + 1, y + 1)];
						const { u, v } = bt601([0, 1, 2].map((c) => four.reduce((sum, one) => sum + (one[c] ?? 0), 0) / 4));
						const at = (y / 2) * planes.stride.uv + x / 2;
						worst = Math.max(worst, Math.abs((planes.u[at] ?? 0) - u), Math.abs((planes.v[at] ?? 0) - v));
					}
				}
				expect(worst).toBeLessThan(0.52);
			}),
		);
	});

	test.each([
		["black", [0, 0, 0], [16, 128, 128]],
		["white", [255, 255, 255], [235, 128, 128]],
		["red", [255, 0, 0], [81, 90, 240]],
		["green", [0, 255, 0], [145, 54, 34]],
		["blue", [0, 0, 255], [41, 240, 110]],
	])("has %s where it belongs, on a picture of many bands, whatever its alpha", (_, [r, g, b], [y, u, v]) => {
		const size = { width: 1280, height: 720 };
		const planes = planesFor(size);
		const pixels = new Uint8Array(size.width * size.height * 4);
		for (let at = 0; at < pixels.length; at += 4) pixels.set([r ?? 0, g ?? 0, b ?? 0, at % 251], at);
		new ToI420(size, planes).convert(pixels);
		expect(planes.y.every((light) => light === y)).toBe(true);
		expect(planes.u.every((blue) => blue === u)).toBe(true);
		expect(planes.v.every((red) => red === v)).toBe(true);
	});

	test("goes on when a wider picture made the memory move", () => {
		const [small, wide] = [
			{ width: 32, height: 4 },
			{ width: 20_000, height: 8 },
		];
		const planes = planesFor(small);
		const first = new ToI420(small, planes);
		first.convert(noise(small, 1));
		const before = planes.y.slice();
		new ToI420(wide, planesFor(wide)).convert(noise(wide, 2));
		planes.y.fill(0);
		first.convert(noise(small, 1));
		expect(planes.y.subarray(0, 32)).toEqual(before.subarray(0, 32));
		expect(planes.y.subarray(64, 96)).toEqual(before.subarray(64, 96));
	});

	test("needs rows of whole blocks", () => {
		const planes = { ...planesFor({ width: 64, height: 2 }), stride: { y: 20, uv: 10 } };
		expect(() => new ToI420({ width: 20, height: 2 }, planes)).toThrow(TypeError);
	});
});
