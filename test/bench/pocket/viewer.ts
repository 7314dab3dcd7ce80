import type { Browser, Page } from "playwright-core";
import { type RunningDaemon, until } from "../../e2e/daemon.ts";

/** A picture as a viewer saw it. */
export interface Sight {
	/** Milliseconds since 1970 when it was presented. */
	readonly at: number;
	/** How many the browser has presented; some may have been missed by the page. */
	readonly presented: number;
	/** How much more red than blue the picture is, −255 to 255. */
	readonly warmth: number;
	/** Pixels it has. */
	readonly area: number;
}

/** A viewer in Chromium, whose page tells how warm every decoded picture is. */
export class Viewer implements AsyncDisposable {
	readonly #page: Page;

	private constructor(page: Page) {
		this.#page = page;
	}

	/** Opens the bare page of the session; pictures have been seen. */
	static async open(browser: Browser, daemon: RunningDaemon): Promise<Viewer> {
		const page = await browser.newPage();
		const { view } = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
		await page.goto(view);
		await page.evaluate(LOOK);
		const viewer = new Viewer(page);
		await until(async () => (await viewer.take()).length > 0);
		return viewer;
	}

	/** What was seen since the last time. */
	async take(): Promise<readonly Sight[]> {
		return (await this.#page.evaluate("globalThis.seen.splice(0)")) as Sight[];
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#page.close();
	}
}

/** A picture is made tiny before its pixels are read: a viewer should cost next to nothing. */
const LOOK = `(() => {
	const video = document.querySelector("video");
	const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
	const context = canvas.getContext("2d", { willReadFrequently: true });
	const seen = (globalThis.seen = []);
	const look = (now, { presentedFrames }) => {
		if (video.videoWidth > 0) {
			context.drawImage(video, 0, 0, 16, 16);
			const { data } = context.getImageData(0, 0, 16, 16);
			let warmth = 0;
			for (let i = 0; i < data.length; i += 4) warmth += (data[i] - data[i + 2]) / 256;
			seen.push({ at: performance.timeOrigin + now, presented: presentedFrames, warmth, area: video.videoWidth * video.videoHeight });
		}
		video.requestVideoFrameCallback(look);
	};
	video.requestVideoFrameCallback(look);
})()`;
