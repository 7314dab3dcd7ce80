import type { Browser, Page } from "playwright-core";

/** Opens the page by its one-time link and waits until it is in control. */
export async function signIn(browser: Browser, link: string): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
	await page.goto(link);
	return page;
}
