import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, vi } from "vitest";
import { RealTime } from "../../../bridges/webrtc/real-time.ts";
import { noBrowser, openBrowser } from "../../browser.ts";
import type { Media } from "./media.ts";
import { ask, Drawing, type Reading, servePage, type Taken, until } from "./stage.ts";

/** A picture that a busy machine encodes, too. */
export const SMALL = { width: 512, height: 512 };

/** Tests in Chromium, which take as long as they take on a busy machine. */
export function inChromium(tests: () => void): void {
	describe.skipIf(noBrowser)("Chromium (skipped where it is not installed)", { timeout: 180_000 }, tests);
}

/** Visits of pages whose signalling is the service's, in one browser; what is kept is closed with its test. */
export function visits() {
	let browser: Browser;
	const open: AsyncDisposable[] = [];

	beforeAll(async () => {
		vi.spyOn(RealTime.prototype, "holds").mockResolvedValue(true); // also on a machine that is busy just now
		browser = await openBrowser();
	});

	afterEach(async () => {
		for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
	});

	afterAll(() => browser?.close());

	function keep<T extends AsyncDisposable>(one: T): T {
		open.push(one);
		return one;
	}

	return {
		/** Closes it with the test. */
		keep,
		/** Opens a page that calls this service. */
		async visit(media: Media): Promise<Page> {
			const served = await servePage(media.call);
			const page = await browser.newPage();
			keep({ [Symbol.asyncDispose]: () => page.close().then(() => served.close()) });
			await page.goto(served.url);
			return page;
		},
		/** Few frames a second: two processors draw, encode, decode and read them, perhaps beside other work. */
		start(media: Media, size = SMALL, fps = 15): Media {
			keep(media);
			keep(new Drawing(media.output, size, fps));
			return media;
		},
	};
}

/** Reads until `count` frames in a row were seen with at most 1 % of them missing or twice. */
export async function flawless(page: Page, viewer: number, count: number): Promise<Reading[]> {
	let run: Reading[] = [];
	return until(
		async () => {
			const { readings } = await ask<Taken>(page, "take", viewer);
			run = [...run, ...readings].slice(-count);
			return run;
		},
		(run) => run.length === count && faults(run) <= count / 100,
	);
}

/** Frames that are missing, there twice, unreadable, or out of order. */
function faults(run: readonly Reading[]): number {
	let faults = 0;
	for (const [i, { index }] of run.entries()) {
		const before = run[i - 1]?.index;
		if (index === undefined) faults++;
		else if (i > 0 && before !== undefined) faults += index > before ? index - before - 1 : run.length;
	}
	return faults;
}
