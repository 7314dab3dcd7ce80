import type { Frame } from "mutoscope/sdk";
import * as c from "node-av/constants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow } from "./open.ts";
import { fill, number, Playing, pixel } from "./playing.ts";

let playing: Playing;
beforeAll(() => {
	playing = new Playing();
});
afterAll(() => playing[Symbol.asyncDispose]());

describe("pictures of a file come out", () => {
	test("at an odd size", async () => {
		const size = { width: 321, height: 241 };
		const path = await playing.clip("odd.png", {
			size,
			codec: "png",
			pixels: c.AV_PIX_FMT_RGB24,
			frames: 1,
			format: "image2",
			muxer: { update: 1 },
		});
		const { source } = await playing.play(path);
		const [seen] = await follow(source, (frame) => ({ size: frame.size, index: number(frame) }), 1);
		expect(seen).toEqual({ size, index: 0 });
	});

	test.each([90, 180, 270])("turned by %i degrees as the file asks", async (rotation) => {
		const draw = (frame: Frame) => {
			fill(frame, [0, 0, 0, 255]);
			for (let y = 0; y < 40; y++) {
				for (let x = 0; x < 40; x++) frame.data.set([255, 255, 255, 255], 4 * (y * frame.size.width + x));
			}
		};
		const path = await playing.clip(`turned-${rotation}.mp4`, { draw, frames: 2, rotation });
		const { source } = await playing.play(path);
		const [seen] = await follow(
			source,
			(frame) => {
				const { width, height } = frame.size;
				const corners = [
					[10, 10],
					[width - 10, 10],
					[width - 10, height - 10],
					[10, height - 10],
				] as const;
				return { width, bright: corners.findIndex(([x, y]) => (pixel(frame, x, y)[0] ?? 0) > 128) };
			},
			1,
		);
		expect(seen).toEqual({ width: rotation === 180 ? 320 : 240, bright: rotation / 90 });
	});

	test.each([
		["BT.709", c.AVCOL_SPC_BT709, c.AVCOL_RANGE_MPEG, 240],
		["BT.601", c.AVCOL_SPC_SMPTE170M, c.AVCOL_RANGE_MPEG, 240],
		["full range BT.709", c.AVCOL_SPC_BT709, c.AVCOL_RANGE_JPEG, 240],
	])("in the colours of %s", async (name, matrix, range, height) => {
		const colours = [
			[200, 30, 40, 255],
			[20, 180, 60, 255],
			[30, 60, 220, 255],
			[128, 128, 128, 255],
		];
		const draw = (frame: Frame, index: number) => fill(frame, colours[index] ?? []);
		const size = { width: 320, height };
		const options = { draw, frames: 4, matrix, range, size, options: { crf: 1 } };
		const { source } = await playing.play(await playing.clip(`colour-${name}.mp4`, options));
		const seen = await follow(source, (frame) => pixel(frame, 100, 100), 4);
		for (const [i, colour] of colours.entries()) {
			for (const [channel, value] of colour.entries())
				expect(Math.abs((seen[i]?.[channel] ?? 0) - value)).toBeLessThan(5);
		}
	});

	test.each([
		["PNG", "alpha.png", { codec: "png", pixels: c.AV_PIX_FMT_RGBA, format: "image2", muxer: { update: 1 } }],
		["ProRes 4444", "alpha.mov", { codec: "prores_ks", pixels: c.AV_PIX_FMT_YUVA444P10LE, options: { profile: 4 } }],
		["WebM", "alpha.webm", { codec: "libvpx-vp9", pixels: c.AV_PIX_FMT_YUVA420P, options: { "auto-alt-ref": 0 } }],
	] as const)("with the alpha of %s", async (_, name, options) => {
		const draw = (frame: Frame) => {
			fill(frame, [200, 200, 200, 128]);
			frame.data.fill(255, 0, frame.data.length / 2);
		};
		const { source } = await playing.play(await playing.clip(name, { draw, frames: 1, ...options }));
		const [seen] = await follow(source, (frame) => [frame.alpha, pixel(frame, 9, 9)[3], pixel(frame, 9, 230)[3]], 1);
		expect(seen?.[0]).toBe(true);
		expect(seen?.[1]).toBeGreaterThan(250);
		expect(Math.abs(Number(seen?.[2]) - 128)).toBeLessThan(6);
	});

	test("opaque where there is no alpha", async () => {
		const { source } = await playing.play(await playing.clip("opaque.mp4", { frames: 2 }));
		const [seen] = await follow(source, (frame) => [frame.alpha, pixel(frame, 5, 5)[3]], 1);
		expect(seen).toEqual([false, 255]);
	});

	test("with high dynamic range brought down: white stays bright, and greys keep their order", async () => {
		const draw = (frame: Frame, index: number) => fill(frame, [50 + 30 * index, 50 + 30 * index, 50 + 30 * index, 255]);
		const path = await playing.clip("hdr.mp4", {
			codec: "libx265",
			pixels: c.AV_PIX_FMT_YUV420P10LE,
			matrix: c.AVCOL_SPC_BT2020_NCL,
			transfer: c.AVCOL_TRC_SMPTE2084,
			options: { preset: "ultrafast", "x265-params": "log-level=none" },
			frames: 5,
			draw,
		});
		const { source } = await playing.play(path);
		const greys = await follow(source, (frame) => pixel(frame, 50, 50)[1] ?? 0, 5);
		expect(greys).toEqual(greys.toSorted((a, b) => a - b));
		expect(new Set(greys).size).toBe(5);
		expect(greys[3]).toBeGreaterThan(130); // code 140 of 255 is 0.55, near the 203 cd/m² of paper white
	});

	test("somehow, when their dynamic range is of a kind that cannot be mapped", async () => {
		const path = await playing.clip("strange.mp4", {
			codec: "libx265",
			pretended: c.AVCOL_SPC_ICTCP,
			transfer: c.AVCOL_TRC_SMPTE2084,
			pixels: c.AV_PIX_FMT_YUV420P10LE,
			options: { preset: "ultrafast", "x265-params": "log-level=none" },
			frames: 2,
		});
		const { source } = await playing.play(path);
		expect(await follow(source, ({ size }) => size.width, 2)).toEqual([320, 320]);
	});

	test("scaled down when it is larger than 2160p", async () => {
		const size = { width: 6000, height: 4000 };
		const path = await playing.clip("large.jpg", {
			size,
			codec: "mjpeg",
			pixels: c.AV_PIX_FMT_YUVJ420P,
			range: c.AVCOL_RANGE_JPEG,
			frames: 1,
			format: "image2",
			muxer: { update: 1 },
		});
		const { source } = await playing.play(path);
		const [seen] = await follow(source, (frame) => ({ ...frame.size, index: number(frame) }), 1);
		expect(seen).toEqual({ width: 3527, height: 2351, index: 0 });
	});
});
