import type { Browser, Page } from "playwright-core";
import { readCard } from "../../src/media/card.ts";
import { type RunningDaemon, until } from "./daemon.ts";

/** A frame as the page saw it. */
export interface Sight {
	/** Number of the test card; absent where it could not be read. */
	readonly index?: number;
	/** Whether the picture is black: nothing is held. */
	readonly black: boolean;
}

/** Plays the test card, and opens the bare page of the session with every frame being read; the first has been seen. */
export async function openCard(daemon: RunningDaemon, browser: Browser): Promise<Page> {
	const values = { "/main/session/pipeline": "passthrough", "/main/source/kind": "test-card" };
	await daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
	const { view } = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
	await page.goto(view);
	await watch(page);
	await until(async () => (await sights(page)).some(({ index }) => index !== undefined));
	return page;
}

/** Begins to read every frame that the page's `<video>` presents. */
export async function watch(page: Page): Promise<void> {
	await page.evaluate(`(() => {
		const readCard = ${readCard.toString()};
		const video = document.querySelector("video");
		const canvas = document.createElement("canvas");
		const context = canvas.getContext("2d", { willReadFrequently: true });
		const sights = (globalThis.sights = []);
		const look = () => {
			const size = { width: video.videoWidth, height: video.videoHeight };
			if (size.width > 0) {
				Object.assign(canvas, size);
				context.drawImage(video, 0, 0);
				const { data } = context.getImageData(0, 0, size.width, size.height);
				let brightest = 0;
				for (let i = 0; i < data.length; i += 404) brightest = Math.max(brightest, data[i]);
				sights.push({ index: readCard(data, size)?.index, black: brightest < 24 });
			}
			video.requestVideoFrameCallback(look);
		};
		video.requestVideoFrameCallback(look);
		globalThis.peek = () => {
			context.drawImage(video, 0, 0, canvas.width, canvas.height);
			const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
			return { index: readCard(data, canvas)?.index, black: !data.some((value, i) => i % 4 === 0 && value > 24) };
		};
	})()`);
}

/** What was seen since `watch`, oldest first, without the first `from`. */
export async function sights(page: Page, from = 0): Promise<Sight[]> {
	return (await page.evaluate(`globalThis.sights.slice(${from})`)) as Sight[];
}

/** The newest number that was read from the pixels; a frame in which none could be read is passed over. */
export async function lastRead(page: Page): Promise<number> {
	return (await sights(page)).findLast(({ index }) => index !== undefined)?.index ?? 0;
}

/** What the element shows at this moment, whether or not it is new. */
export async function peek(page: Page): Promise<Sight> {
	return (await page.evaluate("globalThis.peek()")) as Sight;
}

/** How many numbers between the first and the last were skipped or came again, as a share. */
export function irregular(indices: readonly number[]): number {
	const first = indices[0] ?? 0;
	const last = indices.at(-1) ?? first;
	const seen = new Set(indices);
	const missing = last - first + 1 - seen.size;
	const repeated = indices.length - seen.size;
	return (missing + repeated) / Math.max(1, last - first + 1);
}
