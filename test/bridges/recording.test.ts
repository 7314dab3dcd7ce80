import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawCard, Frame, readCard, type Sink } from "mutoscope/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Converter } from "../../bridges/file/converter.ts";
import { loadLibrary } from "../../bridges/file/open.ts";
import { Reader } from "../../bridges/file/reader.ts";
import recording from "../../bridges/recording/index.ts";
import { params } from "../../bridges/recording/params.ts";
import { recover } from "../../bridges/recording/recover.ts";
import { peer } from "../peers.ts";
import { contextOf } from "./open.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-recording-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const SIZE = { width: 320, height: 240 };

async function record(name: string, values: Partial<Record<keyof typeof params.shape, unknown>> = {}) {
	const sink = await recording.sink?.open(
		contextOf(params.parse({ path: join(folder, name), ...values })).context,
		signal,
	);
	if (!sink) throw new Error("no sink");
	return sink;
}

/** A frame as it comes out of a ring: `shown` in seconds. */
class Shown extends Frame {
	readonly shown: number;
	readonly sequence: number;
	constructor(index: number, shown: number, size = SIZE) {
		super(size, new Uint8Array(size.width * size.height * 4));
		this.shown = shown;
		this.sequence = index + 1;
		drawCard(this, index, shown);
	}
}

/** Seconds of the clock that frames carry; what is recorded starts here. */
const BEGIN = 1e9;

async function feed(sink: Sink, count: number, interval = 1 / 30, size = SIZE): Promise<void> {
	for (let i = 0; i < count; i++) await sink.write(new Shown(i, BEGIN + i * interval, size));
}

/** What is in a movie, read by our own reader. */
async function cards(path: string) {
	const library = await loadLibrary();
	await using reader = await Reader.open(library, path);
	using converter = new Converter(
		library,
		(size, options) => new Frame(size, new Uint8Array(size.width * size.height * 4), options),
	);
	const seen: { time: number; index: number | undefined; width: number; pixels: Frame }[] = [];
	for (;;) {
		const next = await reader.next();
		if (!next) return seen;
		const frame = await converter.convert(next.picture);
		next.picture.free();
		seen.push({
			time: next.time,
			index: readCard(frame.data, frame.size)?.index,
			width: frame.size.width,
			pixels: frame,
		});
	}
}

const ffprobe = peer("ffprobe");

function probe(path: string): Record<string, string | number> {
	const entries =
		"stream=codec_name,profile,pix_fmt,color_space,color_range,has_b_frames,nb_read_frames,width,height:format=duration";
	const args = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json", path];
	const { streams, format } = JSON.parse(execFileSync(ffprobe ?? "ffprobe", args, { encoding: "utf8" }));
	return { ...streams[0], ...format };
}

describe("a recording", () => {
	test("has every frame once, in order, at the time it was shown", async () => {
		const sink = await record("whole.mp4");
		const times = Array.from({ length: 40 }, (_, i) => i / 30 + (i % 3) * 0.004);
		for (const [i, time] of times.entries()) await sink.write(new Shown(i, BEGIN + time));
		expect(sink.report?.()).toMatchObject({ dropped: 0, path: join(folder, "whole.mp4") });
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder, "whole.mp4"));
		expect(seen.map(({ index }) => index)).toEqual(times.map((_, i) => i));
		for (const [i, { time }] of seen.entries()) expect(time).toBeCloseTo(times[i] ?? -1, 3);
	});

	test.skipIf(!ffprobe)("is what every player takes, says FFmpeg 5 (skipped without ffprobe)", async () => {
		const sink = await record("plain.mp4", { quality: "fine" });
		await feed(sink, 45);
		await sink[Symbol.asyncDispose]();
		const path = join(folder, "plain.mp4");
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
		const sink = await record("colours.mp4", { quality: "fine" });
		for (const [i, [red, green, blue]] of colours.entries()) {
			const frame = new Shown(i, BEGIN + i / 30);
			for (let p = 0; p < frame.data.length; p += 4) frame.data.set([red, green, blue, 255], p);
			await sink.write(frame);
		}
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder, "colours.mp4"));
		for (const [i, colour] of colours.entries()) {
			const at = 4 * (120 * SIZE.width + 160);
			for (let c = 0; c < 3; c++)
				expect(Math.abs((seen[i]?.pixels.data[at + c] ?? 0) - (colour[c] ?? 0))).toBeLessThan(6);
		}
	});

	test("keeps its first size, made even, when frames change theirs", async () => {
		const sink = await record("sizes.mp4");
		const sizes = [
			{ width: 321, height: 241 },
			{ width: 640, height: 360 },
			{ width: 256, height: 256 },
			{ width: 321, height: 241 },
		];
		for (const [i, size] of sizes.entries()) await sink.write(new Shown(i, BEGIN + i / 30, size));
		await sink[Symbol.asyncDispose]();
		const seen = await cards(join(folder, "sizes.mp4"));
		expect(seen.map(({ width, index }) => [width, index])).toEqual([
			[320, 0],
			[320, 1],
			[320, 2],
			[320, 3],
		]);
	});

	test("leaves out what comes faster than its limit, evenly, and counts what never came", async () => {
		const sink = await record("limit.mp4", { fps: 30 });
		for (let i = 0; i < 60; i++) if (i < 20 || i >= 24) await sink.write(new Shown(i, BEGIN + i / 60));
		expect(sink.report?.()).toMatchObject({ dropped: 4 });
		await sink[Symbol.asyncDispose]();
		const seen = (await cards(join(folder, "limit.mp4"))).map(({ index }) => index);
		expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 2 === 0 && (i < 20 || i >= 24)));
	});

	test("never writes over a file that is there", async () => {
		writeFileSync(join(folder, "taken.mp4"), "mine");
		const sink = await record("taken.mp4");
		await feed(sink, 3);
		await sink[Symbol.asyncDispose]();
		expect(readFileSync(join(folder, "taken.mp4"), "utf8")).toBe("mine");
		expect(await cards(join(folder, "taken-2.mp4"))).toHaveLength(3);
	});

	test("of nothing leaves no file", async () => {
		const sink = await record("nothing.mp4");
		await sink[Symbol.asyncDispose]();
		await sink[Symbol.asyncDispose]();
		expect(existsSync(join(folder, "nothing.mp4"))).toBe(false);
	});

	test("cannot begin where nothing can be written", async () => {
		for (const path of ["", "/proc/nothing/x.mp4", join(folder, "whole.mp4", "x.mp4")]) {
			const error = await recording.sink
				?.open(contextOf(params.parse({ path })).context, signal)
				.catch((thrown) => thrown);
			expect(error).toMatchObject({ code: "recording/failed" });
		}
	});
});

describe("a recording that breaks off", () => {
	/** Records in a process of its own; resolves with what it printed once it ended. */
	async function elsewhere(name: string, frames: number, prefix: readonly string[] = []) {
		const path = join(folder, name);
		const command = [
			process.execPath,
			"--conditions=mutoscope:source",
			join(import.meta.dirname, "record.ts"),
			path,
			String(frames),
		];
		const [program = "", ...args] = [...prefix, ...command];
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		child.stdout.on("data", (bytes) => {
			said += bytes;
			if (frames === 0 && said.includes("75\n")) child.kill("SIGKILL");
		});
		await once(child, "close");
		return { path, said };
	}

	test("because its process was killed plays up to the last half second", async () => {
		const { path } = await elsewhere("killed.mp4", 0);
		const seen = (await cards(path)).map(({ index }) => index);
		expect(seen).toEqual(seen.map((_, i) => i));
		expect(seen.length).toBeGreaterThanOrEqual(75 - 17);
		if (ffprobe) expect(Number(probe(path).nb_read_frames)).toBe(seen.length);
	});

	test("because the disk is full says so, and plays up to there", async () => {
		const limit = ["/bin/sh", "-c", 'ulimit -f 400; trap "" XFSZ; exec "$0" "$@"'];
		const { path, said } = await elsewhere("full.mp4", 4000, limit);
		expect(said).toMatch(/recording\/failed/);
		const seen = (await cards(path)).map(({ index }) => index);
		expect(seen.length).toBeGreaterThan(10);
		expect(seen).toEqual(seen.map((_, i) => i));
		const boxes = boxesOf(readFileSync(path));
		expect(boxes).toContain("moof");
		expect(boxes.at(-1)).toBe("mdat");
	});

	test("is left alone by the tidying if it was finished", async () => {
		const sink = await record("finished.mp4");
		await feed(sink, 20);
		await sink[Symbol.asyncDispose]();
		const path = join(folder, "finished.mp4");
		const { size } = statSync(path);
		expect(await recover(path)).toBe(0);
		expect(statSync(path).size).toBe(size);
	});
});

function boxesOf(bytes: Buffer): string[] {
	const boxes: string[] = [];
	for (let at = 0; at + 8 <= bytes.length; ) {
		boxes.push(bytes.toString("latin1", at + 4, at + 8));
		const length = bytes.readUInt32BE(at);
		at += length === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : Math.max(8, length);
	}
	return boxes;
}
