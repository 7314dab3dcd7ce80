import * as z from "zod";
import { openBrowser } from "../browser.ts";
import { buildPage, openPage, servePage } from "../src/ui/page.ts";
import type { Emit } from "./emit.ts";

const FADERS = 64;
const HZ = 60;
const SECONDS = 10;

/** What a page of faders costs the browser while all of them move. */
export async function faders(emit: Emit): Promise<void> {
	const names = Array.from({ length: FADERS }, (_, i) => `fader${i + 1}`);
	const fader = z.number().min(0).max(1).default(0).meta({ step: 0.001, group: "Bank" });
	const built = await buildPage();
	const shape = z.object(Object.fromEntries(names.map((name) => [name, fader.meta({ ...fader.meta(), label: name })])));
	const daemon = await servePage(built.folder, { "/main": shape }, { "/api/v1/presets": { presets: [] } });
	const browser = await openBrowser();
	try {
		const { page } = await openPage(browser, daemon.url, { width: 1280, height: 800 });
		await page.getByRole("slider", { name: `fader${FADERS}` }).waitFor();
		const devtools = await page.context().newCDPSession(page);
		await devtools.send("Performance.enable");
		const seconds = async () => {
			const { metrics } = await devtools.send("Performance.getMetrics");
			const counted = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];
			return metrics.filter(({ name }) => counted.includes(name)).reduce((sum, { value }) => sum + value, 0);
		};
		const before = await seconds();
		const began = performance.now();
		for (let tick = 1; tick <= HZ * SECONDS; tick++) {
			daemon.store.set(
				names.map((name, i) => [`/main/${name}`, (Math.sin(tick / 20 + i) + 1) / 2] as const),
				"osc",
			);
			const pause = began + (tick * 1000) / HZ - performance.now();
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, pause)));
		}
		emit({
			name: "page, script, style and layout of a tick",
			value: (((await seconds()) - before) * 1000) / (HZ * SECONDS),
			unit: "ms",
			limit: 1000 / HZ / 2,
			conditions: `${FADERS} faders moved at ${HZ} Hz for ${SECONDS} s, headless Chromium ${browser.version()}`,
		});
	} finally {
		await browser.close();
		await daemon.die();
		built.remove();
	}
}
