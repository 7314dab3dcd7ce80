import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import type * as z from "zod";
import { noBrowser, openBrowser } from "../../browser.ts";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { buildPage, openPage, servePage } from "./page.ts";

/** A desk's screen. */
export const DESK = { width: 1280, height: 800 };

/** How a page is visited. */
interface Visit {
	/** What the daemon answers by path, beside its parts. */
	readonly answers?: Readonly<Record<string, unknown>>;
	readonly path?: string;
	readonly size?: { readonly width: number; readonly height: number };
	/** Whether it has fingers; by default what is no wider than a tablet has. */
	readonly touch?: boolean;
}

/** Tests in Chromium; they are skipped where it is not installed. */
export function inBrowser(what: string, tests: () => void): void {
	describe.skipIf(noBrowser)(`${what}${noBrowser}`, tests);
}

/** Visits of pages of daemons that stand in; each ends with its test. The page is built once, for one browser. */
export function visits() {
	let built: Awaited<ReturnType<typeof buildPage>>;
	let browser: Browser;
	let fake: FakeDaemon;
	const open: (() => Promise<void>)[] = [];

	beforeAll(async () => {
		built = await buildPage();
		browser = await openBrowser();
	});

	afterEach(async () => {
		for (const close of open.splice(0).reverse()) await close();
	});

	afterAll(async () => {
		await browser?.close();
		built?.remove();
	});

	return {
		/** Opens a page of a new daemon that has these parts. */
		async visit(parts: Readonly<Record<string, z.ZodObject>>, visit: Visit = {}) {
			const { answers = {}, path = "/", size = DESK, touch = size.width < 1000 } = visit;
			const daemon = await servePage(built.folder, parts, answers);
			fake = daemon;
			open.push(() => daemon.die());
			const { page, problems } = await openPage(browser, `${daemon.url}${path}`, size, touch);
			open.push(() => page.context().close());
			return { page, problems, fake: daemon };
		},
		/** Resolves once the last daemon keeps this value. */
		kept: (address: string, wanted: unknown) => expect.poll(() => fake.store.get(address)).toEqual(wanted),
	};
}
