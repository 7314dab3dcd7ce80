import { describe, expect, test } from "vitest";
import type { Size } from "../../../src/base/geometry.ts";
import { drawCard, readCard } from "../../../src/media/card.ts";
import { Frame } from "../../../src/media/frame.ts";
import { throughCodec } from "./lossy.ts";

const SIZES: readonly Size[] = [
	{ width: 1280, height: 720 },
	{ width: 1920, height: 1080 },
	{ width: 512, height: 512 },
	{ width: 128, height: 128 },
	{ width: 321, height: 241 },
	{ width: 360, height: 640 },
];

function card(size: Size, index: number, seconds: number): Frame {
	const frame = new Frame(size, new Uint8Array(size.width * size.height * 4));
	drawCard(frame, index, seconds);
	return frame;
}

/** What lies at fractions of a picture, each pixel the mean of what it covers. */
function resample({ data, size }: Frame, to: Size, left = 0, top = 0, right = 1, bottom = 1): Frame {
	const out = new Frame(to, new Uint8Array(to.width * to.height * 4));
	const scale = { x: ((right - left) * size.width) / to.width, y: ((bottom - top) * size.height) / to.height };
	for (let y = 0; y < to.height; y++) {
		for (let x = 0; x < to.width; x++) {
			const sums = [0, 0, 0, 0];
			for (let n = 0; n < 9; n++) {
				const sx = Math.floor(left * size.width + (x + (n % 3) / 3 + 1 / 6) * scale.x);
				const sy = Math.floor(top * size.height + (y + Math.floor(n / 3) / 3 + 1 / 6) * scale.y);
				for (let c = 0; c < 4; c++) sums[c] = (sums[c] ?? 0) + (data[4 * (sy * size.width + sx) + c] ?? 0);
			}
			for (let c = 0; c < 4; c++) out.data[4 * (y * to.width + x) + c] = (sums[c] ?? 0) / 9;
		}
	}
	return out;
}

describe("a test card", () => {
	test.each(SIZES)("says number and time at $width×$height", (size) => {
		for (const index of [0, 1, 77, 123_456, 2 ** 31, 2 ** 32 - 1]) {
			const seconds = 98_765.4321 + index / 30;
			const { data } = card(size, index, seconds);
			const reading = readCard(data, size);
			expect(reading?.index).toBe(index);
			expect(reading?.seconds).toBeCloseTo(seconds, 4);
		}
	});

	test("is opaque", () => {
		const { data } = card({ width: 128, height: 128 }, 1, 1);
		for (let i = 3; i < data.length; i += 4) expect(data[i]).toBe(255);
	});

	test("moves between any two frames of a second", () => {
		const size = { width: 256, height: 256 };
		const pictures = Array.from({ length: 30 }, (_, i) => Buffer.from(card(size, 7, i / 30).data).toString("latin1"));
		expect(new Set(pictures).size).toBe(30);
	});

	test.each([
		["half as large", { width: 640, height: 360 }, [0, 0, 1, 1]],
		["a fifth as large", { width: 256, height: 144 }, [0, 0, 1, 1]],
		["larger by an odd factor", { width: 1366, height: 768 }, [0, 0, 1, 1]],
		["stretched", { width: 512, height: 512 }, [0, 0, 1, 1]],
		["cropped to a square", { width: 512, height: 512 }, [0.21875, 0, 0.78125, 1]],
		["cropped by a few pixels", { width: 1273, height: 713 }, [0.004, 0.006, 0.998, 0.995]],
	] as const)("can be read %s", (_, to, [left, top, right, bottom]) => {
		const changed = resample(card({ width: 1280, height: 720 }, 4242, 12.5), to, left, top, right, bottom);
		expect(readCard(changed.data, to)).toEqual({ index: 4242, seconds: 12.5 });
	});

	test("can be read between black bars", () => {
		const size = { width: 512, height: 512 };
		const inner = resample(card({ width: 1280, height: 720 }, 99, 1), { width: 512, height: 288 });
		const data = new Uint8Array(512 * 512 * 4);
		data.set(inner.data, 112 * 512 * 4);
		expect(readCard(data, size)?.index).toBe(99);
	});

	test("can be read when it is darker and flatter", () => {
		const size = { width: 640, height: 360 };
		const { data } = card(size, 5, 1);
		for (let i = 0; i < data.length; i++) data[i] = 40 + (data[i] ?? 0) * 0.4;
		expect(readCard(data, size)?.index).toBe(5);
	});

	test.each([
		["libx264", 120_000, { width: 320, height: 180 }],
		["libx264", 80_000, { width: 128, height: 128 }],
		["libx264", 300_000, { width: 1280, height: 720 }],
		["libvpx", 120_000, { width: 320, height: 180 }],
		["libvpx", 80_000, { width: 128, height: 128 }],
		["libvpx", 300_000, { width: 1280, height: 720 }],
	] as const)("survives %s at %i bit/s", async (codec, bitRate, size) => {
		const frames = Array.from({ length: 20 }, (_, i) => card(size, 1000 + 37 * i, 500 + i / 30));
		const seen = await throughCodec(frames, codec, bitRate);
		expect(seen.map((frame) => readCard(frame.data, size)?.index)).toEqual(frames.map((_, i) => 1000 + 37 * i));
	});

	test("is refused with one block wrong", () => {
		const size = { width: 512, height: 512 };
		const { data } = card(size, 1234, 5);
		const cell = 21;
		const [x, y] = [256 - 10 * cell + 5 * cell, Math.round(512 * 0.955) - 7 * cell + 3 * cell];
		const value = data[4 * ((y + 10) * 512 + x + 10)] === 255 ? 0 : 255;
		for (let row = y; row < y + cell; row++) data.fill(value, 4 * (row * 512 + x), 4 * (row * 512 + x + cell));
		expect(readCard(data, size)).toBeUndefined();
	});

	test("is not seen where there is none", () => {
		const size = { width: 640, height: 360 };
		const noise = new Uint8Array(640 * 360 * 4);
		let seed = 1;
		for (let i = 0; i < noise.length; i++) {
			seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
			noise[i] = seed >>> 24;
		}
		expect(readCard(noise, size)).toBeUndefined();
		expect(readCard(new Uint8Array(640 * 360 * 4), size)).toBeUndefined();
		expect(readCard(new Uint8Array(0), { width: 0, height: 0 })).toBeUndefined();
	});

	test("is read by code that can be handed to a page", () => {
		const alone = new Function(`return ${readCard.toString()}`)() as typeof readCard;
		const size = { width: 320, height: 240 };
		expect(alone(new Uint8ClampedArray(card(size, 31, 2).data), size)).toEqual({ index: 31, seconds: 2 });
	});
});
