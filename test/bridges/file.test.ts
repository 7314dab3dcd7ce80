import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawCard, type Frame } from "mutoscope/sdk";
import * as c from "node-av/constants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import file from "../../bridges/file/index.ts";
import { params } from "../../bridges/file/params.ts";
import type { ClipOptions } from "./clips.ts";
import { contextOf, follow } from "./open.ts";
import { number, Playing } from "./playing.ts";

let playing: Playing;
beforeAll(() => {
	playing = new Playing();
});
afterAll(() => playing[Symbol.asyncDispose]());

const { signal } = new AbortController();
const upTo = (count: number, times = 1) => Array.from({ length: count * times }, (_, i) => i % count);

describe("a file plays", () => {
	test("five times over with every frame once and in order", async () => {
		const { source } = await playing.play(await playing.clip("loop.mp4", { frames: 20, between: 2 }), { rate: 2 });
		expect(await follow(source, number, 100)).toEqual(upTo(20, 5));
		expect(source.report?.()).toMatchObject({ codec: "h264", loops: 4, skipped: 0 });
	});

	const still = { frames: 1, format: "image2", muxer: { update: 1 } };
	const full = { pixels: c.AV_PIX_FMT_YUVJ420P, range: c.AVCOL_RANGE_JPEG };
	const fast = { deadline: "realtime", "cpu-used": 8 };
	test.each<[string, ClipOptions]>([
		["clip.mov", { between: 2 }],
		["clip.mkv", { between: 2 }],
		["clip.ts", { format: "mpegts", between: 2 }],
		["clip.flv", {}],
		["clip.h264", { format: "h264" }],
		["clip.avi", {}],
		["clip-jpeg.avi", { codec: "mjpeg", ...full }],
		["clip-vp8.webm", { codec: "libvpx", options: fast }],
		["clip-vp9.webm", { codec: "libvpx-vp9", options: fast }],
		["clip-265.mp4", { codec: "libx265", options: { preset: "ultrafast", "x265-params": "log-level=none" } }],
		["clip-prores.mov", { codec: "prores_ks", pixels: c.AV_PIX_FMT_YUV422P10LE }],
		["clip.gif", { codec: "gif", pixels: c.AV_PIX_FMT_RGB8, duration: () => 0.04 }],
		["clip.apng", { codec: "apng", pixels: c.AV_PIX_FMT_RGB24, muxer: { plays: 0 } }],
		["clip.webp", { codec: "libwebp_anim", format: "webp" }],
		["still.png", { codec: "png", pixels: c.AV_PIX_FMT_RGB24, ...still }],
		["still.jpg", { codec: "mjpeg", ...full, ...still }],
		["still.webp", { codec: "libwebp", ...still }],
		["still.tiff", { codec: "tiff", pixels: c.AV_PIX_FMT_RGB24, ...still }],
		["still.bmp", { codec: "bmp", pixels: c.AV_PIX_FMT_BGR24, ...still }],
	])("as %s, twice over", async (name, options) => {
		const frames = options.frames ?? 12;
		const { source } = await playing.play(await playing.clip(name, { frames, ...options }), { rate: 2 });
		expect(await follow(source, number, frames * 2)).toEqual(upTo(frames, 2));
	});

	test("with frames as long as the file says, and repeats one that stays long", async () => {
		const lengths = [0.02, 0.3, 0.02, 0.05];
		const path = await playing.clip("variable.mp4", { frames: 4, duration: (i) => lengths[i] ?? 0 });
		const { source } = await playing.play(path);
		const seen = await follow(source, (frame) => ({ index: number(frame), at: frame.captured }), 24);
		const changes = seen.filter(({ index }, i) => index !== seen[i - 1]?.index);
		expect(changes.map(({ index }) => index).slice(0, 6)).toEqual([0, 1, 2, 3, 0, 1]);
		const held = seen.filter(({ index }) => index === 1).length / changes.filter(({ index }) => index === 1).length;
		expect(held).toBeGreaterThan(3);
	});

	test("at another speed from the next frame on, and on from where it was after a pause", async () => {
		const { source, set } = await playing.play(await playing.clip("speed.mp4", { frames: 60 }));
		expect(await follow(source, number, 5)).toEqual([0, 1, 2, 3, 4]);
		set({ rate: 4 });
		expect(await follow(source, number, 5)).toEqual([5, 6, 7, 8, 9]);
		set({ paused: true });
		expect(await follow(source, number, 3)).toEqual([9, 9, 9]);
		set({ paused: false });
		expect(await follow(source, number, 2)).toEqual([10, 11]);
	});

	test("from where it is sent, exactly, also while paused", async () => {
		const path = await playing.clip("seek.mp4", { frames: 60, group: 25, between: 2 });
		const { source, set, fire } = await playing.play(path, { rate: 4, position: 0.5 });
		expect(await follow(source, number, 3)).toEqual([30, 31, 32]);
		set({ position: 0.25 });
		expect(await follow(source, number, 3)).toEqual([15, 16, 17]);
		set({ position: 1 });
		expect(await follow(source, number, 3)).toEqual([59, 0, 1]);
		set({ paused: true });
		await follow(source, number, 1);
		set({ position: 0.75 });
		expect(await follow(source, number, 2)).toEqual([45, 45]);
		set({ paused: false });
		fire("/restart");
		expect(await follow(source, number, 3)).toEqual([0, 1, 2]);
	});

	test("once, and then holds the last frame until it is to loop again", async () => {
		const { source, set, fire } = await playing.play(await playing.clip("once.mp4", { frames: 5 }), { loop: false });
		expect(await follow(source, number, 8)).toEqual([0, 1, 2, 3, 4, 4, 4, 4]);
		fire("/restart");
		expect(await follow(source, number, 6)).toEqual([0, 1, 2, 3, 4, 4]);
		set({ loop: true });
		expect((await follow(source, number, 5)).filter((index) => index !== 4)).toEqual(expect.arrayContaining([0, 1, 2]));
	});

	test("with the newest frame for whoever asks late, without hurrying after", async () => {
		const { source, pass } = await playing.play(await playing.clip("late.mp4", { frames: 60 }));
		expect(await follow(source, number, 2)).toEqual([0, 1]);
		pass(0.2);
		const soon = await follow(source, number, 4);
		expect(soon.at(-1)).toBeGreaterThanOrEqual(8);
		pass(60);
		const later = await follow(source, number, 4);
		expect(later.at(-1)).toBeLessThan(30); // a minute of hurry would be anywhere
		const seen = [0, 1, ...soon, ...later].map(Number);
		expect(seen).toEqual(seen.toSorted((a, b) => a - b));
		expect(new Set(seen).size).toBe(10);
		expect(source.report?.().skipped).toBeGreaterThanOrEqual((seen.at(-1) ?? 0) - 9);
	});

	test("as a sequence of pictures, from the lowest number on", async () => {
		for (let i = 0; i < 6; i++) {
			const draw = (frame: Frame) => drawCard(frame, i, i);
			await playing.clip(`seq-${String(i + 97).padStart(4, "0")}.png`, {
				codec: "png",
				pixels: c.AV_PIX_FMT_RGB24,
				draw,
				...still,
			});
		}
		const { source, set } = await playing.play(join(playing.folder, "seq-%04d.png"));
		expect(await follow(source, number, 12)).toEqual(upTo(6, 2));
		set({ position: 0.5 });
		expect(await follow(source, number, 2)).toEqual([3, 4]);
		await expect(playing.play(join(playing.folder, "none-%04d.png"))).rejects.toMatchObject({
			code: "source/unreadable",
		});
	});

	test("as its name says, even if that reads like a pattern", async () => {
		const path = join(playing.folder, "50%d [x] *.png");
		const plain = await playing.clip("plain.png", { codec: "png", pixels: c.AV_PIX_FMT_RGB24, ...still });
		writeFileSync(path, readFileSync(plain));
		const { source } = await playing.play(path);
		expect(await follow(source, number, 1)).toEqual([0]);
	});
});

describe("a source of a file", () => {
	test("rejects with the reason of the signal while it waits", async () => {
		const path = await playing.clip("abort.mp4", { frames: 2, duration: () => 5 });
		const source = await file.source?.open(contextOf(params.parse({ path })).context, signal);
		if (!source) throw new Error("no source");
		playing.keep(source);
		const stop = new AbortController();
		await follow(source, number, 1);
		const reason = new Error("enough");
		const waiting = (async () => {
			for (;;) (await source.next(stop.signal))?.close();
		})();
		stop.abort(reason);
		await expect(waiting).rejects.toBe(reason);
	});

	test("closes twice, and gives back every frame", async () => {
		const { source } = await playing.play(await playing.clip("close.mp4", { frames: 10 }));
		await follow(source, number, 3);
		await source[Symbol.asyncDispose]();
		await source[Symbol.asyncDispose]();
	});

	test("follows a link and a file URL", async () => {
		const path = await playing.clip("linked.mp4", { frames: 2 });
		mkdirSync(join(playing.folder, "sub"), { recursive: true });
		symlinkSync(path, join(playing.folder, "sub", "link.mp4"));
		for (const name of [join(playing.folder, "sub", "link.mp4"), `file://${path}`]) {
			const { source } = await playing.play(name);
			expect(await follow(source, number, 2)).toEqual([0, 1]);
		}
	});
});
