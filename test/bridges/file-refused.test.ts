import { execFile } from "node:child_process";
import { chmodSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FormatContext } from "node-av/lib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { patient } from "../../bridges/file/open.ts";
import { follow } from "./open.ts";
import { number, Playing } from "./playing.ts";

let playing: Playing;
beforeAll(() => {
	playing = new Playing();
});
afterAll(() => playing[Symbol.asyncDispose]());

describe("a file is refused as source/unreadable", () => {
	const refused = async (path: string, reason: RegExp) => {
		const error = await playing.play(path).then(
			() => undefined,
			(thrown: unknown) => thrown as { code: string; message: string },
		);
		expect(error?.code).toBe("source/unreadable");
		expect(error?.message).toMatch(reason);
	};

	test("with no name", () => refused("", /none was chosen/));
	test("that is not there", () => refused(join(playing.folder, "nothing.mp4"), /no such file/));
	test("that is a folder", () => refused(playing.folder, /a folder/));
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
		const path = await playing.clip("secret.mp4", { frames: 1 });
		chmodSync(path, 0);
		await refused(path, /may not read/);
	});

	test("that is empty, text, garbage, or only a beginning", async () => {
		const at = (name: string, bytes: string | Buffer) => {
			writeFileSync(join(playing.folder, name), bytes);
			return join(playing.folder, name);
		};
		await refused(at("empty.mp4", ""), /empty/);
		await refused(at("text.mp4", "It was a dark and stormy night.\n".repeat(200)), /broken, or no video/);
		await refused(
			at("garbage.mp4", Buffer.from(Array.from({ length: 50_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24))),
			/./,
		);
		const whole = readFileSync(await playing.clip("whole.mp4", { frames: 10 }));
		await refused(at("cut.mp4", whole.subarray(0, whole.length / 2)), /broken, or no video/);
	});

	test("that keeps FFmpeg busy for more than ten seconds", async () => {
		vi.useFakeTimers();
		try {
			const format = { interrupt: vi.fn() } as unknown as FormatContext;
			const refusal = expect(patient("slow.mp4", format, new Promise(() => {}))).rejects;
			const seen = refusal.toMatchObject({
				code: "source/unreadable",
				message: expect.stringMatching(/longer than 10 s/),
			});
			await vi.advanceTimersByTimeAsync(10_000);
			await seen;
			expect(format.interrupt).toHaveBeenCalledOnce();
		} finally {
			vi.useRealTimers();
		}
	});

	test("that makes FFmpeg open others", async () => {
		const secret = await playing.clip("private.mp4", { frames: 2 });
		const lists = {
			"list.ffconcat": `ffconcat version 1.0\nfile '${secret}'\n`,
			"list.m3u8": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`,
			"list.mp4": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n`,
			"list.sdp":
				"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		};
		for (const [name, text] of Object.entries(lists)) {
			writeFileSync(join(playing.folder, name), text);
			await refused(join(playing.folder, name), /./);
		}
	});

	test("but one whose end is missing plays as far as it goes, over and over", async () => {
		const path = await playing.clip("torn.ts", { format: "mpegts", frames: 30, group: 5 });
		truncateSync(path, Math.floor((readFileSync(path).length * 2) / 3));
		const { source } = await playing.play(path, { rate: 4 });
		const seen = await follow(source, number, 40);
		expect(seen.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
		expect(seen.filter((index) => index === 0).length).toBeGreaterThan(1);
	});
});

describe("hostile files", () => {
	test.each([
		["mutants.mp4", { between: 2 }],
		["mutants.webm", { codec: "libvpx", options: { deadline: "realtime" } }],
	] as const)("in a hundred versions of %s are played or refused, and nothing else", async (name, options) => {
		const path = await playing.clip(name, { frames: 20, size: { width: 160, height: 128 }, ...options });
		const script = join(import.meta.dirname, "play-mutants.child.ts");
		const args = ["--conditions=mutoscope:source", script, path, "100", "7"];
		const { stdout } = await promisify(execFile)(process.execPath, args);
		const { played, refused, rss } = JSON.parse(stdout);
		expect(played + refused).toBe(100);
		expect(rss).toBeLessThan(400_000);
	});
});
