import { type Browser, chromium, type Page } from "playwright-core";
import { peer } from "../peers.ts";

/** Why browser tests are skipped here, or `undefined`. */
export const noBrowser = peer("chromium") ? "" : " (skipped: Chromium is not installed)";

/** Debian's Chromium without a window, with a camera and a screen that are made up. */
export async function openBrowser(...more: readonly string[]): Promise<Browser> {
	return chromium.launch({
		executablePath: peer("chromium") as string,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--autoplay-policy=no-user-gesture-required",
			"--use-fake-device-for-media-stream",
			"--use-fake-ui-for-media-stream",
			...more,
		],
	});
}

/** Opens the page by its one-time link and waits until it is in control. */
export async function signIn(browser: Browser, link: string): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
	await page.goto(link);
	return page;
}
