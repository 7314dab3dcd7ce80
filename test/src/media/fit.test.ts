import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fit, place, type Size } from "../../../src/base/geometry.ts";
import { fitFrame, type Turn } from "../../../src/media/fit.ts";
import { Frame } from "../../../src/media/frame.ts";
import { FramePool } from "../../../src/media/pool.ts";

const pool = new FramePool();
const side = fc.integer({ min: 1, max: 40 });
const size = fc.record({ width: side, height: side });
const fit = fc.constantFrom<Fit>("contain", "cover", "stretch");
const turn = fc.constantFrom<Turn>(0, 90, 180, 270);

/** A frame whose pixels are drawn from a seed. */
function noise({ width, height }: Size, seed: number, alpha = false): Frame {
	const data = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
		at % 4 === 3 && !alpha ? 255 : (Math.imul(at + 1, 2654435761 + seed * 2) >>> 13) & 0xff,
	);
	return new Frame({ width, height }, data, { alpha, captured: 1, made: 2, chunk: 3, revision: 4 });
}

const pixel = ({ data, size: { width } }: Frame, x: number, y: number) => [
	...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

/** The same in floating point, pixel by pixel, as the documentation says it. */
function reference(frame: Frame, target: Size, fit: Fit, x: number, y: number, channel: number): number {
	const { from, to } = place(frame.size, target, fit);
	const axis = (at: number, begin: number, length: number, first: number, extent: number, limit: number) => {
		const low = Math.round(first);
		const box = Math.max(low + 1, Math.round(first + extent)) - low;
		const scale = length / box;
		const width = Math.max(1, scale);
		const start = begin + (at - low) * scale + scale / 2 - width / 2;
		const shares = new Map<number, number>();
		for (let input = Math.floor(start); input < start + width; input++) {
			const share = (Math.min(input + 1, start + width) - Math.max(input, start)) / width;
			const clamped = Math.min(limit - 1, Math.max(0, input));
			shares.set(clamped, (shares.get(clamped) ?? 0) + share);
		}
		return shares;
	};
	const columns = axis(x, from.x, from.width, to.x, to.width, frame.size.width);
	const rows = axis(y, from.y, from.height, to.y, to.height, frame.size.height);
	let sum = 0;
	for (const [row, a] of rows) {
		for (const [column, b] of columns) sum += a * b * (pixel(frame, column, row)[channel] as number);
	}
	return sum;
}

describe("fitting a frame", () => {
	test("is within two levels of the same in floating point", () => {
		void fc.assert(
			fc.property(size, size, fc.constantFrom<Fit>("cover", "stretch"), fc.nat(99), (from, to, fit, seed) => {
				const frame = noise(from, seed);
				using result = fitFrame(frame, pool, { size: to, fit });
				let worst = 0;
				for (let at = 0; at < result.data.length; at++) {
					const [x, y] = [(at >> 2) % to.width, Math.floor((at >> 2) / to.width)];
					worst = Math.max(worst, Math.abs((result.data[at] as number) - reference(frame, to, fit, x, y, at % 4)));
				}
				expect(worst).toBeLessThanOrEqual(2.5);
			}),
			{ numRuns: 60 },
		);
	});

	test("keeps a flat colour exactly, however it is turned and scaled", () => {
		const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
		void fc.assert(
			fc.property(size, size, turn, fc.boolean(), colour, (from, to, rotate, mirror, [r, g, b]) => {
				const frame = noise(from, 1);
				for (let at = 0; at < frame.data.length; at += 4) frame.data.set([r, g, b, 255], at);
				using result = fitFrame(frame, pool, { size: to, fit: "cover", rotate, mirror });
				expect(result.data).toEqual(result.data.map((_, at) => [r, g, b, 255][at % 4] as number));
			}),
		);
	});

	test("four quarter turns, and two mirrorings, change nothing", () => {
		void fc.assert(
			fc.property(size, fc.nat(99), fc.constantFrom<Turn>(90, 270), (size, seed, rotate) => {
				const lying = { width: size.height, height: size.width };
				const frame = noise(size, seed);
				let turned = frame;
				for (const next of [lying, size, lying, size])
					turned = fitFrame(turned, pool, { size: next, fit: "cover", rotate });
				expect(turned.data).toEqual(frame.data);
				const once = fitFrame(frame, pool, { size, fit: "cover", mirror: true });
				expect(fitFrame(once, pool, { size, fit: "cover", mirror: true }).data).toEqual(frame.data);
			}),
		);
	});

	test.each([
		[0, false, [1, 2, 3, 4, 5, 6], 3],
		[90, false, [4, 1, 5, 2, 6, 3], 2],
		[180, false, [6, 5, 4, 3, 2, 1], 3],
		[270, false, [3, 6, 2, 5, 1, 4], 2],
		[0, true, [3, 2, 1, 6, 5, 4], 3],
		[90, true, [1, 4, 2, 5, 3, 6], 2],
		[180, true, [4, 5, 6, 1, 2, 3], 3],
		[270, true, [6, 3, 5, 2, 4, 1], 2],
	] as const)("turned by %i° clockwise, then mirrored: %j", (rotate, mirror, expected, width) => {
		const data = new Uint8Array(24);
		new Uint32Array(data.buffer).set([1, 2, 3, 4, 5, 6]);
		const frame = new Frame({ width: 3, height: 2 }, data);
		using result = fitFrame(frame, pool, { size: { width, height: 6 / width }, fit: "stretch", rotate, mirror });
		expect([...new Uint32Array(result.data.buffer)]).toEqual(expected);
	});

	test("shares the pixels when there is nothing to do", () => {
		const frame = noise({ width: 8, height: 4 }, 1);
		using result = fitFrame(frame, pool, { size: { width: 8, height: 4 }, fit: "contain" });
		expect(result.data).toBe(frame.data);
		frame.close();
		expect(result.data).toHaveLength(128);
	});

	test("keeps the stamp and does not close the frame", () => {
		const frame = noise({ width: 8, height: 4 }, 1);
		using result = fitFrame(frame, pool, { size: { width: 5, height: 5 }, fit: "cover" });
		expect(result.stamp).toEqual(frame.stamp);
		expect(frame.closed).toBe(false);
	});

	test("leaves black bars when all of the picture is to be seen, clear ones if it has alpha", () => {
		for (const alpha of [false, true]) {
			const frame = noise({ width: 20, height: 10 }, 1, alpha);
			using result = fitFrame(frame, pool, { size: { width: 10, height: 10 }, fit: "contain" });
			const bar = alpha ? [0, 0, 0, 0] : [0, 0, 0, 255];
			for (const y of [0, 1, 8, 9]) expect(pixel(result, 4, y)).toEqual(bar);
		}
		using lying = fitFrame(noise({ width: 20, height: 10 }, 1), pool, {
			size: { width: 10, height: 10 },
			fit: "contain",
			rotate: 90,
		});
		expect(pixel(lying, 0, 4)).toEqual([0, 0, 0, 255]);
	});

	test("does not let the colour of clear pixels bleed into others", () => {
		const frame = new Frame({ width: 2, height: 1 }, Uint8Array.from([200, 0, 0, 255, 0, 255, 0, 0]), { alpha: true });
		using result = fitFrame(frame, pool, { size: { width: 1, height: 1 }, fit: "stretch" });
		expect(pixel(result, 0, 0)).toEqual([199, 0, 0, 128]);
	});

	test("takes any size there may be", () => {
		void fc.assert(
			fc.property(size, size, fit, turn, fc.boolean(), fc.boolean(), (from, to, fit, rotate, mirror, alpha) => {
				using result = fitFrame(noise(from, 3, alpha), pool, { size: to, fit, rotate, mirror });
				expect(result.size).toEqual(to);
				if (!alpha) for (let at = 3; at < result.data.length; at += 4) expect(result.data[at]).toBe(255);
			}),
		);
	});
});
