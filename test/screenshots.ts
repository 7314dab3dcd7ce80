/**
 * Makes the pictures of the page that the README and the guides show, from a real daemon, in `docs/img/`.
 *
 * Run by hand: `node --conditions=mutoscope:source test/screenshots.ts`
 */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import type { DaemonStatus } from "../src/protocol/messages.ts";
import { openBrowser } from "./browser.ts";
import { startDaemon, until } from "./e2e/daemon.ts";

const FOLDER = "docs/img";

/** How long the page is open before it is looked at, in seconds. */
const SETTLE = 10;

/** The pictures: how large the screen is, whether it is touched, and which panel is in front. */
const PICTURES = [
	{ name: "page", width: 1280, height: 800, touch: false, tab: "Presets" },
	{ name: "phone", width: 390, height: 844, touch: true, tab: "Play" },
	{ name: "wall", width: 2560, height: 1440, touch: false, tab: undefined },
] as const;

await using daemon = await startDaemon([], {});
await until(async () => {
	const [main] = (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions;
	return main?.held && main.playing === main.pipeline;
});
for (const name of ["calm sea", "drop", "strobe", "white out"]) {
	await daemon.ask(`/api/v1/presets/${encodeURIComponent(name)}`, { method: "PUT", json: { session: "main" } });
}
mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
try {
	for (const picture of PICTURES) await take(browser, picture);
} finally {
	await browser.close();
}

async function take(browser: Browser, { name, width, height, touch, tab }: (typeof PICTURES)[number]): Promise<void> {
	const { url } = await daemon.ask<{ url: string }>("/api/v1/login-links", { method: "POST", json: {} });
	const scale = width > 2000 ? 1 : 2;
	const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, deviceScaleFactor: scale });
	const page = await context.newPage();
	await page.goto(url);
	if (tab) await page.getByRole("tab", { name: tab }).click();
	await page.waitForTimeout(SETTLE * 1000);
	await page.screenshot({ path: `${FOLDER}/${name}.png` });
	await context.close();
}
