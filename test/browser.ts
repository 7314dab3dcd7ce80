import { type Browser, chromium } from "playwright-core";
import { peer } from "./peers.ts";

/** Why browser tests are skipped here, or `""`. */
export const noBrowser = peer("chromium") ? "" : " (skipped: Chromium is not installed)";

const FLAGS = [
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
];

/** Debian's Chromium without a window, with a camera and a screen that are made up. The caller closes it. */
export function openBrowser(...more: readonly string[]): Promise<Browser> {
	return chromium.launch({ executablePath: peer("chromium") ?? "", args: [...FLAGS, ...more] });
}
