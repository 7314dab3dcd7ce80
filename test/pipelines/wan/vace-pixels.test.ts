import { describe, expect, test } from "vitest";
import { toPixels } from "../../../pipelines/wan/pixels.ts";
import { maskChannels } from "../../../pipelines/wan/vace/mask.ts";
import { preparedReference } from "../../../pipelines/wan/vace/reference.ts";

/** A picture whose red is its column, green its row, blue 0. */
function picture(width: number, height: number) {
	const data = new Uint8Array(4 * width * height);
	for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0, 255], 4 * i);
	return { size: { width, height }, data };
}

describe("pixels", () => {
	test("of a frame are red, green and blue, each in [-1, 1]", () => {
		const data = Uint8Array.from([0, 51, 255, 9, 255, 0, 102, 9]);
		const pixels = toPixels({ size: { width: 2, height: 1 }, data }, 1, 2);
		expect([...pixels].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([-1, 1, -0.6, -1, 1, -0.2]);
	});

	test("are scaled with their centres on each other, the edges kept", () => {
		const data = Uint8Array.from([0, 0, 0, 255, 8, 0, 0, 255]);
		const scaled = (width: number, height: number) => {
			const pixels = toPixels({ size: { width: 2, height: 1 }, data }, height, width);
			return [...pixels.subarray(0, width * height)].map((value) => Math.round(((value + 1) / 2) * 255));
		};
		expect(scaled(4, 1)).toEqual([0, 2, 6, 8]);
		expect(scaled(1, 2)).toEqual([4, 4]);
	});
});

describe("a reference", () => {
	test.each([
		[64, 32],
		[33, 77],
		[1000, 3],
		[7, 7],
	])("of %d×%d fills the size", (width, height) => {
		const pixels = preparedReference(picture(width, height), 16, 32);
		expect(pixels.length).toBe(3 * 16 * 32);
		expect(pixels.every(Number.isFinite)).toBe(true);
	});

	test("that is too wide loses its sides, not its height", () => {
		const pixels = preparedReference(picture(8, 4), 4, 4);
		const level = (value: number) => Math.fround((value / 255) * 2 - 1);
		expect([...pixels.subarray(0, 4)]).toEqual([2, 3, 4, 5].map(level));
		expect(pixels[16 + 4 * 3]).toBe(level(3));
	});
});

test.each([
	[13, [1, 4, 8, 11]],
	[12, [2, 6, 10]],
	[5, [1, 3]],
	[4, [2]],
])("a mask of %d frames keeps those in the middle of each latent frame", (length, kept) => {
	const frames = Array.from({ length }, (_, t) => new Float32Array(64).fill(t));
	expect([...maskChannels(frames, 8, 8).subarray(0, kept.length)]).toEqual(kept);
});
