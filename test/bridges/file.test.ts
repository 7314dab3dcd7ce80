import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Frame, readCard, type Source } from "mutoscope/sdk";
import * as c from "node-av/constants";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import file from "../../bridges/file/index.ts";
import { params } from "../../bridges/file/params.ts";
import { openPlayback } from "../../bridges/file/playback.ts";
import { type ClipOptions, makeClip } from "./clips.ts";
import { contextOf, follow } from "./open.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-file-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: Source[] = [];
afterEach(async () => {
	for (const source of open.splice(0)) await source[Symbol.asyncDispose]();
});

const { signal } = new AbortController();

/** Plays by a clock that jumps to whatever is waited for. */
async function play(path: string, values: Partial<Record<keyof typeof params.shape, unknown>> = {}) {
	const turned = contextOf(params.parse({ path, ...values }));
	let time = 1000;
	const clock = {
		now: () => time,
		async until(due: number) {
			time = Math.max(time, due);
		},
	};
	const source = await openPlayback(turned.context, signal, clock);
	open.push(source);
	const pass = (seconds: number) => {
		time += seconds;
	};
	return { ...turned, source, pass };
}

async function clip(name: string, options: ClipOptions = {}): Promise<string> {
	const path = join(folder, name);
	await makeClip(path, options);
	return path;
}

const number = (frame: Frame) => readCard(frame.data, frame.size)?.index;
const upTo = (count: number, times = 1) => Array.from({ length: count * times }, (_, i) => i % count);
const pixel = ({ data, size }: Frame, x: number, y: number) => [
	...data.subarray(4 * (y * size.width + x), 4 * (y * size.width + x) + 4),
];

function fill(frame: Frame, colour: readonly number[]): void {
	for (let i = 0; i < frame.data.length; i++) frame.data[i] = colour[i % 4] ?? 255;
}

describe("a file plays", () => {
	test("five times over with every frame once and in order", async () => {
		const { source } = await play(await clip("loop.mp4", { frames: 20, between: 2 }), { rate: 2 });
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
		const { source } = await play(await clip(name, { frames, ...options }), { rate: 2 });
		expect(await follow(source, number, frames * 2)).toEqual(upTo(frames, 2));
	});

	test("with frames as long as the file says, and repeats one that stays long", async () => {
		const lengths = [0.02, 0.3, 0.02, 0.05];
		const path = await clip("variable.mp4", { frames: 4, duration: (i) => lengths[i] ?? 0 });
		const { source } = await play(path);
		const seen = await follow(source, (frame) => ({ index: number(frame), at: frame.captured }), 24);
		const changes = seen.filter(({ index }, i) => index !== seen[i - 1]?.index);
		expect(changes.map(({ index }) => index).slice(0, 6)).toEqual([0, 1, 2, 3, 0, 1]);
		const held = seen.filter(({ index }) => index === 1).length / changes.filter(({ index }) => index === 1).length;
		expect(held).toBeGreaterThan(3);
	});

	test("at another speed from the next frame on, and on from where it was after a pause", async () => {
		const { source, set } = await play(await clip("speed.mp4", { frames: 60 }));
		expect(await follow(source, number, 5)).toEqual([0, 1, 2, 3, 4]);
		set({ rate: 4 });
		expect(await follow(source, number, 5)).toEqual([5, 6, 7, 8, 9]);
		set({ paused: true });
		expect(await follow(source, number, 3)).toEqual([9, 9, 9]);
		set({ paused: false });
		expect(await follow(source, number, 2)).toEqual([10, 11]);
	});

	test("from where it is sent, exactly, also while paused", async () => {
		const path = await clip("seek.mp4", { frames: 60, group: 25, between: 2 });
		const { source, set, fire } = await play(path, { rate: 4, position: 0.5 });
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
		const { source, set, fire } = await play(await clip("once.mp4", { frames: 5 }), { loop: false });
		expect(await follow(source, number, 8)).toEqual([0, 1, 2, 3, 4, 4, 4, 4]);
		fire("/restart");
		expect(await follow(source, number, 6)).toEqual([0, 1, 2, 3, 4, 4]);
		set({ loop: true });
		expect((await follow(source, number, 5)).filter((index) => index !== 4)).toEqual(expect.arrayContaining([0, 1, 2]));
	});

	test("with the newest frame for whoever asks late, without hurrying after", async () => {
		const { source, pass } = await play(await clip("late.mp4", { frames: 60 }));
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

	test("as its name says, even if that reads like a pattern", async () => {
		const path = join(folder, "50%d [x] *.png");
		await makeClip(join(folder, "plain.png"), { codec: "png", pixels: c.AV_PIX_FMT_RGB24, ...still });
		writeFileSync(path, readFileSync(join(folder, "plain.png")));
		const { source } = await play(path);
		expect(await follow(source, number, 1)).toEqual([0]);
	});
});

describe("its pictures are right", () => {
	test("at an odd size", async () => {
		const size = { width: 321, height: 241 };
		const path = await clip("odd.png", {
			size,
			codec: "png",
			pixels: c.AV_PIX_FMT_RGB24,
			frames: 1,
			format: "image2",
			muxer: { update: 1 },
		});
		const { source } = await play(path);
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
		const path = await clip(`turned-${rotation}.mp4`, { draw, frames: 2, rotation });
		const { source } = await play(path);
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
		const { source } = await play(await clip(`colour-${name}.mp4`, options));
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
		const { source } = await play(await clip(name, { draw, frames: 1, ...options }));
		const [seen] = await follow(source, (frame) => [frame.alpha, pixel(frame, 9, 9)[3], pixel(frame, 9, 230)[3]], 1);
		expect(seen?.[0]).toBe(true);
		expect(seen?.[1]).toBeGreaterThan(250);
		expect(Math.abs(Number(seen?.[2]) - 128)).toBeLessThan(6);
	});

	test("opaque where there is no alpha", async () => {
		const { source } = await play(await clip("opaque.mp4", { frames: 2 }));
		const [seen] = await follow(source, (frame) => [frame.alpha, pixel(frame, 5, 5)[3]], 1);
		expect(seen).toEqual([false, 255]);
	});

	test("with high dynamic range brought down: white stays bright, and greys keep their order", async () => {
		const draw = (frame: Frame, index: number) => fill(frame, [50 + 30 * index, 50 + 30 * index, 50 + 30 * index, 255]);
		const path = await clip("hdr.mp4", {
			codec: "libx265",
			pixels: c.AV_PIX_FMT_YUV420P10LE,
			matrix: c.AVCOL_SPC_BT2020_NCL,
			transfer: c.AVCOL_TRC_SMPTE2084,
			options: { preset: "ultrafast", "x265-params": "log-level=none" },
			frames: 5,
			draw,
		});
		const { source } = await play(path);
		const greys = await follow(source, (frame) => pixel(frame, 50, 50)[1] ?? 0, 5);
		expect(greys).toEqual(greys.toSorted((a, b) => a - b));
		expect(new Set(greys).size).toBe(5);
		expect(greys[3]).toBeGreaterThan(130); // code 140 of 255 is 0.55, near the 203 cd/m² of paper white
	});

	test("scaled down when it is larger than 2160p", async () => {
		const size = { width: 6000, height: 4000 };
		const path = await clip("large.jpg", {
			size,
			codec: "mjpeg",
			pixels: c.AV_PIX_FMT_YUVJ420P,
			range: c.AVCOL_RANGE_JPEG,
			frames: 1,
			format: "image2",
			muxer: { update: 1 },
		});
		const { source } = await play(path);
		const [seen] = await follow(source, (frame) => ({ ...frame.size, index: number(frame) }), 1);
		expect(seen).toEqual({ width: 3527, height: 2351, index: 0 });
	});
});

describe("a file is refused as source/unreadable", () => {
	const refused = async (path: string, reason: RegExp) => {
		const error = await play(path).then(
			() => undefined,
			(thrown: unknown) => thrown as { code: string; message: string },
		);
		expect(error?.code).toBe("source/unreadable");
		expect(error?.message).toMatch(reason);
	};

	test("with no name", () => refused("", /none was chosen/));
	test("that is not there", () => refused(join(folder, "nothing.mp4"), /no such file/));
	test("that is a folder", () => refused(folder, /a folder/));
	test("that is a device", () => refused("/dev/zero", /not a plain file/));
	test.each([
		"http://127.0.0.1:9/x.mp4",
		"concat:/etc/hostname|/etc/hosts",
		"pipe:0",
		"tcp://127.0.0.1:1",
		"subfile,,start,0,end,0,,:/etc/hosts",
		"data:image/png;base64,AAAA",
		"file://elsewhere/x.mp4",
	])("behind the address %s", (path) => refused(path, /only files on this machine|no such file/));

	test.skipIf(process.getuid?.() === 0)("that may not be read (skipped as root)", async () => {
		const path = await clip("secret.mp4", { frames: 1 });
		chmodSync(path, 0);
		await refused(path, /may not read/);
	});

	test("that is empty, text, garbage, or only a beginning", async () => {
		const at = (name: string, bytes: string | Buffer) => {
			writeFileSync(join(folder, name), bytes);
			return join(folder, name);
		};
		await refused(at("empty.mp4", ""), /empty/);
		await refused(at("text.mp4", "It was a dark and stormy night.\n".repeat(200)), /broken, or no video/);
		await refused(
			at("garbage.mp4", Buffer.from(Array.from({ length: 50_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24))),
			/./,
		);
		const whole = readFileSync(await clip("whole.mp4", { frames: 10 }));
		await refused(at("cut.mp4", whole.subarray(0, whole.length / 2)), /broken, or no video/);
	});

	test("that makes FFmpeg open others", async () => {
		const secret = await clip("private.mp4", { frames: 2 });
		const lists = {
			"list.ffconcat": `ffconcat version 1.0\nfile '${secret}'\n`,
			"list.m3u8": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`,
			"list.mp4": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n`,
			"list.sdp":
				"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		};
		for (const [name, text] of Object.entries(lists)) {
			writeFileSync(join(folder, name), text);
			await refused(join(folder, name), /./);
		}
	});

	test("but one whose end is missing plays as far as it goes, over and over", async () => {
		const path = await clip("torn.ts", { format: "mpegts", frames: 30, group: 5 });
		truncateSync(path, Math.floor((readFileSync(path).length * 2) / 3));
		const { source } = await play(path, { rate: 4 });
		const seen = await follow(source, number, 40);
		expect(seen.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
		expect(seen.filter((index) => index === 0).length).toBeGreaterThan(1);
	});
});

describe("a source of a file", () => {
	test("rejects with the reason of the signal while it waits", async () => {
		const path = await clip("abort.mp4", { frames: 2, duration: () => 5 });
		const source = await file.source?.open(contextOf(params.parse({ path })).context, signal);
		if (!source) throw new Error("no source");
		open.push(source);
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
		const { source } = await play(await clip("close.mp4", { frames: 10 }));
		await follow(source, number, 3);
		await source[Symbol.asyncDispose]();
		await source[Symbol.asyncDispose]();
	});

	test("follows a link and a file URL", async () => {
		const path = await clip("linked.mp4", { frames: 2 });
		mkdirSync(join(folder, "sub"), { recursive: true });
		symlinkSync(path, join(folder, "sub", "link.mp4"));
		for (const name of [join(folder, "sub", "link.mp4"), `file://${path}`]) {
			const { source } = await play(name);
			expect(await follow(source, number, 2)).toEqual([0, 1]);
		}
	});
});
