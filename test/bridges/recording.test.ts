import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choosePreset, secondsPerPixel } from "../../bridges/recording/choose.ts";
import { PRESETS } from "../../bridges/recording/encoder.ts";
import { BEGIN, boxesOf, cards, feed, ffprobe, probe, record, recordingFolder, Shown, SIZE } from "./recorded.ts";

let folder: ReturnType<typeof recordingFolder>;
beforeAll(() => {
	folder = recordingFolder();
});
afterAll(() => folder.remove());

describe("a recording", () => {
	test("has every frame once, in order, at the time it was shown", async () => {
		const sink = await record(join(folder.path, "whole.mp4"));
		const times = Array.from({ length: 40 }, (_, i) => i / 30 + (i % 3) * 0.004);
		for (const [i, time] of times.entries()) await sink.write(new Shown(i, BEGIN + time));
		expect(sink.report?.()).toMatchObject({ dropped: 0, path: join(folder.path, "whole.mp4") });
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder.path, "whole.mp4"));
		expect(seen.map(({ index }) => index)).toEqual(times.map((_, i) => i));
		for (const [i, { time }] of seen.entries()) expect(time).toBeCloseTo(times[i] ?? -1, 3);
	});

	test.skipIf(!ffprobe)("is what every player takes, says FFmpeg 5 (skipped without ffprobe)", async () => {
		const sink = await record(join(folder.path, "plain.mp4"), { quality: "fine" });
		await feed(sink, 45);
		await sink[Symbol.asyncDispose]();
		const path = join(folder.path, "plain.mp4");
		expect(probe(path)).toMatchObject({
			...{ codec_name: "h264", profile: "High", pix_fmt: "yuv420p", color_space: "bt709", color_range: "tv" },
			...{ has_b_frames: 0, nb_read_frames: "45", width: 320, height: 240 },
		});
		const boxes = boxesOf(readFileSync(path));
		expect(boxes.filter((box) => box !== "free")).toEqual(["ftyp", "mdat", "moov"]);
	});

	test("has the colours it was given", async () => {
		const colours = [
			[200, 30, 40],
			[20, 180, 60],
			[30, 60, 220],
			[255, 255, 255],
			[0, 0, 0],
		] as const;
		const sink = await record(join(folder.path, "colours.mp4"), { quality: "fine" });
		for (const [i, [red, green, blue]] of colours.entries()) {
			const frame = new Shown(i, BEGIN + i / 30);
			for (let p = 0; p < frame.data.length; p += 4) frame.data.set([red, green, blue, 255], p);
			await sink.write(frame);
		}
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder.path, "colours.mp4"));
		for (const [i, colour] of colours.entries()) {
			const at = 4 * (120 * SIZE.width + 160);
			for (let c = 0; c < 3; c++)
				expect(Math.abs((seen[i]?.pixels.data[at + c] ?? 0) - (colour[c] ?? 0))).toBeLessThan(6);
		}
	});

	test("keeps its first size, made even, when frames change theirs", async () => {
		const sink = await record(join(folder.path, "sizes.mp4"));
		const sizes = [
			{ width: 321, height: 241 },
			{ width: 640, height: 360 },
			{ width: 256, height: 256 },
			{ width: 321, height: 241 },
		];
		for (const [i, size] of sizes.entries()) await sink.write(new Shown(i, BEGIN + i / 30, size));
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder.path, "sizes.mp4"));
		expect(seen.map(({ width, index }) => [width, index])).toEqual([
			[320, 0],
			[320, 1],
			[320, 2],
			[320, 3],
		]);
	});

	test("leaves out what comes faster than its limit, evenly, and counts what never came", async () => {
		const sink = await record(join(folder.path, "limit.mp4"), { fps: 30 });
		for (let i = 0; i < 60; i++) if (i < 20 || i >= 24) await sink.write(new Shown(i, BEGIN + i / 60));
		expect(sink.report?.()).toMatchObject({ dropped: 4 });
		await sink[Symbol.asyncDispose]();
		const seen = (await cards(join(folder.path, "limit.mp4"))).map(({ index }) => index);
		expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 2 === 0 && (i < 20 || i >= 24)));
	});

	test("never writes over a file that is there", async () => {
		writeFileSync(join(folder.path, "taken.mp4"), "mine");
		const sink = await record(join(folder.path, "taken.mp4"));
		await feed(sink, 3);
		await sink[Symbol.asyncDispose]();
		expect(readFileSync(join(folder.path, "taken.mp4"), "utf8")).toBe("mine");
		expect(await cards(join(folder.path, "taken-2.mp4"))).toHaveLength(3);
	});

	test("of nothing leaves no file", async () => {
		const sink = await record(join(folder.path, "nothing.mp4"));
		await sink[Symbol.asyncDispose]();
		await sink[Symbol.asyncDispose]();
		expect(existsSync(join(folder.path, "nothing.mp4"))).toBe(false);
	});

	test("cannot begin where nothing can be written", async () => {
		for (const path of ["", "/proc/nothing/x.mp4", join(folder.path, "whole.mp4", "x.mp4")]) {
			await expect(record(path)).rejects.toMatchObject({ code: "recording/failed" });
		}
	});
});

describe("the preset of a recording", () => {
	test("is never better for more pixels or frames, nor on a slower machine", () => {
		const sizes = [256, 512, 1024, 2048, 4096].map((width) => ({ width, height: width }));
		const rank = (cost: number, size: (typeof sizes)[number], fps: number) =>
			PRESETS.indexOf(choosePreset(cost, size, fps));
		for (const cost of [1e-9, 5e-9, 2e-8, 1e-7]) {
			const ranks = sizes.map((size) => rank(cost, size, 30));
			expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
			for (const size of sizes) {
				expect(rank(cost, size, 60)).toBeGreaterThanOrEqual(rank(cost, size, 30));
				expect(rank(cost * 2, size, 30)).toBeGreaterThanOrEqual(rank(cost, size, 30));
			}
		}
		expect(choosePreset(1e-12, { width: 512, height: 512 }, 30)).toBe("veryfast");
		expect(choosePreset(1, { width: 512, height: 512 }, 30)).toBe("ultrafast");
	});

	test("is chosen by what a pixel costs here, which is more than nothing and less than a microsecond", async () => {
		const cost = await secondsPerPixel();
		expect(cost).toBeGreaterThan(0);
		expect(cost).toBeLessThan(1e-6);
	});
});
