import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readCard } from "mutoscope/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recover } from "../../bridges/recording/recover.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { boxesOf, cards, feed, ffprobe, probe, record, recordingFolder } from "./recorded.ts";

let folder: ReturnType<typeof recordingFolder>;
beforeAll(() => {
	folder = recordingFolder();
});
afterAll(() => folder.remove());

/** What the page does: plays to the middle, and reads the card there. Text, since tests know no DOM. */
const IN_PAGE = `async (source, readCard) => {
	const video = document.createElement("video");
	const heard = (name) => new Promise((resolve, reject) => {
		video.addEventListener(name, resolve, { once: true });
		video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
	});
	video.src = source;
	await heard("loadeddata");
	video.currentTime = video.duration / 2 + 0.01;
	await heard("seeked");
	const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext("2d");
	context.drawImage(video, 0, 0);
	const pixels = context.getImageData(0, 0, video.videoWidth, video.videoHeight);
	const red = [...context.getImageData(217, 40, 1, 1).data];
	return { duration: video.duration, index: readCard(pixels.data, pixels)?.index, red };
}`;

/** Plays files in Chromium: their length, and the card at half time. */
async function inChromium(paths: readonly string[]) {
	const browser = await openBrowser();
	try {
		const page = await browser.newPage();
		const seen: { duration: number; index: number | undefined; red: number[] }[] = [];
		for (const path of paths) {
			const source = JSON.stringify(`data:video/mp4;base64,${readFileSync(path, "base64")}`);
			seen.push(await page.evaluate(`(${IN_PAGE})(${source}, ${readCard.toString()})`));
		}
		return seen;
	} finally {
		await browser.close();
	}
}

describe("a recording that breaks off", () => {
	/** Records in a process of its own; resolves with what it printed once it ended. */
	async function elsewhere(name: string, frames: number, prefix: readonly string[] = []) {
		const path = join(folder.path, name);
		const command = [
			process.execPath,
			"--conditions=mutoscope:source",
			join(import.meta.dirname, "record.child.ts"),
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

	test.skipIf(noBrowser)("plays in Chromium as one that was finished does (skipped without chromium)", async () => {
		const sink = await record(join(folder.path, "finished-too.mp4"));
		await feed(sink, 60);
		await sink[Symbol.asyncDispose]();
		const { path } = await elsewhere("killed-too.mp4", 0);
		const [whole, torn] = await inChromium([join(folder.path, "finished-too.mp4"), path]);
		expect(whole?.duration).toBeGreaterThan(1.96);
		expect(whole?.index).toBe(Math.floor(((whole?.duration ?? 0) / 2 + 0.01) * 30));
		for (const [channel, value] of [191, 0, 0].entries()) {
			expect(Math.abs((whole?.red[channel] ?? -99) - value)).toBeLessThan(10);
		}
		expect(torn?.duration).toBeGreaterThan(1.9);
		expect(torn?.index).toBe(Math.floor(((torn?.duration ?? 0) / 2 + 0.01) * 30));
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
		const sink = await record(join(folder.path, "finished.mp4"));
		await feed(sink, 20);
		await sink[Symbol.asyncDispose]();
		const path = join(folder.path, "finished.mp4");
		const { size } = statSync(path);
		expect(await recover(path)).toBe(0);
		expect(statSync(path).size).toBe(size);
	});
});
